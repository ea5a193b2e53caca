// What Streamlit is given as the component's code. Streamlit repeats that code in every message, so it is these few
// lines only: the player itself travels once per browser page, inside the first message, and is kept here (a page-wide
// cache of modules, keyed by content: the only thing that outlives a mounted stage).
const players = new Map();

/** The header of a packed message: its meta, and the player's code where the message carries it. See pack.py. */
function head(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const { meta, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const start = Math.ceil((8 + length) / 8) * 8;
  const row = arrays.code;
  return { meta, code: row && bytes.subarray(start + row[2], start + row[2] + row[1][0]) };
}

/** The player from its packed code. */
async function unpacked(code) {
  const plain = new Blob([code]).stream().pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(plain).arrayBuffer();
  return import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

/** In place of a stage that does not start; bundle.py has the sentence. */
function sayWhatItNeeds(place) {
  if (place.querySelector("[role=alert]")) return;
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "alert");
  sentence.style.font = "16px/1.5 var(--st-font, sans-serif)";
  sentence.textContent = "{NEEDS}";
  place.append(sentence);
}

export default async function (component) {
  if (!component.data) return undefined;
  const { meta, code } = head(component.data);
  if (code && !players.has(meta.code)) players.set(meta.code, unpacked(code));
  const player = players.get(meta.code);
  if (!player) {
    component.setStateValue("missing", { items: ["code"], at: Date.now() });
    return undefined;
  }
  try {
    return (await player).default(component);
  } catch (fault) {
    if (meta.stale) component.setStateValue("idle", { seq: Date.now() }); // words shall not wait for a picture
    if (component.parentElement.querySelector(".lrviz-stage")?.stage?.frames) throw fault;
    console.error(fault);
    sayWhatItNeeds(component.parentElement);
    return undefined;
  }
}
