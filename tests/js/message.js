/** Builds packed messages as lrviz/stage/pack.py does, for the tests. */
const NAMES = {
  Float64Array: "float64",
  Float32Array: "float32",
  Int32Array: "int32",
  Uint32Array: "uint32",
  Uint16Array: "uint16",
  Int8Array: "int8",
  Uint8Array: "uint8",
};
const aligned = (n) => Math.ceil(n / 8) * 8;

export function packed(meta, arrays) {
  const table = {};
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    table[name] = [NAMES[array.constructor.name], [array.length], offset];
    offset = aligned(offset + array.byteLength);
  }
  const text = new TextEncoder().encode(JSON.stringify({ meta, arrays: table }));
  const start = aligned(8 + text.length);
  const out = new Uint8Array(start + offset);
  out.set(new TextEncoder().encode("lrv1"));
  new DataView(out.buffer).setUint32(4, text.length, true);
  out.set(text, 8);
  for (const [name, array] of Object.entries(arrays)) {
    out.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + table[name][2]);
  }
  return out;
}
