/** What the player has instead of Streamlit in a file of its own: code and message are unpacked from the page. */

/** Base64 of gzip -> bytes. */
async function inflated(text) {
  const packed = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The player's code leaves its entry on the very script element that ran it: nothing becomes global. */
function entryOf(document, code) {
  const script = document.createElement("script");
  script.textContent = code;
  document.head.append(script);
  return script.player;
}

/** @param {Document} document  with #code and #message (data) and #stage (where to play) */
export async function open(document) {
  const bytes = (id) => inflated(document.getElementById(id).textContent);
  const [code, data] = await Promise.all([bytes("code"), bytes("message")]);
  const entry = entryOf(document, new TextDecoder().decode(code));
  const component = { data, parentElement: document.getElementById("stage"), setStateValue() {} };
  entry(component);
  // The colours are CSS variables of the page, which follow the reader's theme: the canvases are drawn again.
  const dark = document.defaultView.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => entry(component));
}
