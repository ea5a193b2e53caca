/** The menu for what is taken along: a picture of the screen, a film of the run. */
import { createComposite } from "./compose.js";
import { h, icon, say } from "./dom.js";
import { createRecorder, filmsOf } from "./recorder.js";

const CAMERA =
  "M9 4 7.2 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.2L15 4z" +
  "M12 17.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9z";

/** Milliseconds until a file that was handed over is forgotten here. */
const LET_GO = 20_000;

const NAMES = { webm: "WebM", mp4: "MP4" };

/** What to say where a browser gave no film, or promises none. @param {string[]} others  kinds that may still do */
export const noFilm = (others) =>
  others.length
    ? `This browser gave an empty film. It may do better as ${others.map((kind) => NAMES[kind]).join(", ")}.`
    : "This browser cannot film the run. Chrome, Edge and Firefox can.";

/** @param {object} stage  f, scene, layers, player, name(): of the file, without its ending */
export function createSaveMenu({ f, scene, layers, player, name }) {
  let films = filmsOf(globalThis.MediaRecorder);
  const composite = createComposite({ f, scene, layers });

  function download(blob, ending) {
    const href = URL.createObjectURL(blob);
    const link = h("a", { href, download: `${name()}.${ending}`, hidden: true });
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(href), LET_GO);
  }

  function picture() {
    show(false);
    composite.begin();
    composite.draw();
    composite.canvas.toBlob((blob) => blob && download(blob, "png"), "image/png");
  }

  let ending = "webm";
  const recorder = createRecorder(
    { composite, player, steps: () => scene.n },
    {
      progress(part) {
        root.classList.toggle("recording", part !== null);
        say(count, part === null ? "" : `${Math.floor(100 * part)} %`);
        const text = part === null ? "Picture or film" : "Stop recording (Escape)";
        if (button.title !== text) button.title = text;
        button.setAttribute("aria-label", text);
      },
      done: (blob) => download(blob, ending),
      failed() {
        films = films.filter((kind) => kind.ending !== ending);
        fill();
        show(true);
        say(note, noFilm(films.map((kind) => kind.ending)));
      },
    },
  );
  const film = ({ ending: kind, type }) => () => {
    show(false);
    ending = kind;
    recorder.start(type);
  };
  const item = (text, press) => h("button", { type: "button", role: "menuitem", onclick: press }, text);
  const items = h("div.items", { role: "menu" });
  const note = h("p.note", { role: "status" }, films.length ? "" : noFilm([]));
  const menu = h("div.menu", { hidden: true }, items, note);
  const fill = () =>
    items.replaceChildren(
      item("Save picture (PNG)", picture),
      ...films.map((kind) => item(`Record the run (${NAMES[kind.ending]})`, film(kind))),
    );
  fill();
  const count = h("span.count");
  const button = h("button.press", {
    type: "button",
    "aria-label": "Picture or film",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    title: "Picture or film",
    onclick: () => (recorder.recording ? recorder.cancel() : show(menu.hidden)),
  }, icon(CAMERA), count);
  const root = h("div.save", {}, button, menu);

  function show(open) {
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) items.firstChild.focus();
  }
  root.addEventListener("focusout", ({ relatedTarget }) => {
    if (!root.contains(relatedTarget)) show(false);
  });
  f.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || (!recorder.recording && menu.hidden)) return;
    event.stopPropagation();
    if (recorder.recording) recorder.cancel();
    else {
      show(false);
      button.focus();
    }
  });
  return { root, close: () => recorder.cancel() };
}
