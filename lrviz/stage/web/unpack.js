/** Reads a packed message (pack.py): views on its bytes, no copies. */

const TYPES = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

const MAGIC = "lrv1";

/**
 * @param {Uint8Array} bytes
 * @returns {{meta: any, arrays: Record<string, any>, shapes: Record<string, number[]>}} typed arrays, flat, by name
 */
export function unpack(bytes) {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== MAGIC) throw new Error(`not a stage message: it starts with ${JSON.stringify(magic)}`);
  // A typed array must start at a multiple of its item's size; a message inside a larger buffer may not: then one copy.
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
  const start = whole.byteOffset + Math.ceil((8 + length) / 8) * 8;
  const arrays = {};
  const shapes = {};
  for (const [name, [type, shape, offset]] of Object.entries(head.arrays)) {
    const count = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new TYPES[type](whole.buffer, start + offset, count);
    shapes[name] = shape;
  }
  return { meta: head.meta, arrays, shapes };
}

/** The first `count` bits, 0 or 1 each, as numpy packs them in little bit order. @returns {Uint8Array} */
export const bits = (bytes, count) => Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
