/**
 * Live sliders: every stop is a run that is already here. Native range inputs: the keyboard works as everywhere. Beside
 * each a field takes any number that its knob allows; the server runs exactly that.
 */
import { h, say } from "./dom.js";
import { format } from "./scale.js";
import { plainTex } from "./tex.js";

/** What was typed as a number; nothing where it is none. */
const numberIn = (text) => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN);

/** The number as it can be typed: as it is read where that is the same number, else with all its digits. */
export function typedText(value) {
  const text = format(value).replace("−", "-");
  return numberIn(text) === value ? text : String(value);
}

/**
 * What a typed text means for a slider whose knob takes [low, high, without low itself, whole numbers, in words].
 * @returns {{value: number}|{wrong: string}}
 */
export function readTyped(text, label, [low, high, lowOpen, whole, allowed]) {
  const plain = text.trim().replace("−", "-");
  const value = numberIn(plain);
  const fits = value >= (low ?? -Infinity) && value <= (high ?? Infinity) && !(lowOpen && value === low);
  if (fits && (!whole || Number.isInteger(value))) return { value };
  const dotted = plain.replace(",", ".");
  const hint = plain.includes(",") && !Number.isNaN(numberIn(dotted)) ? ` Write ${dotted}.` : "";
  return { wrong: `${label} must be ${allowed}.${hint}` };
}

/** Silence after which a value set by keys goes to the server. */
const KEY_PAUSE = 300;

/** Where a value lies on the track, 0-1: between the stops, as they are spaced. */
export function placeOf(value, values, scale) {
  const last = values.length - 1;
  if (last <= 0 || value <= values[0]) return 0;
  if (value >= values[last]) return 1;
  let i = 0;
  while (values[i + 1] < value) i++;
  const of = scale === "log" && values[i] > 0 ? Math.log : (v) => v;
  return (i + (of(value) - of(values[i])) / (of(values[i + 1]) - of(values[i]))) / last;
}

const withUnit = (row, text) => text + (row.unit ? ` ${row.unit}` : "");

/** The value that a slider is at: that of its stop, or one that was typed between two. */
const valueOf = (own) => own.exact ?? own.values[own.index];

export const valueText = (row, values, index) => withUnit(row, row.text ? row.text[index] : format(values[index]));

/** What is said of the regime that a value lies in; null outside of all. */
export function regimeAt(regimes, value) {
  const found = regimes.filter(([low, high]) => (low ?? -Infinity) <= value && value <= (high ?? Infinity));
  return found.length > 1 ? "on the edge" : (found[0]?.[3] ?? null);
}

/** Of names [middle, width] those that fit beside each other on a track, the narrow part's first. */
export function namesThatFit(parts, track) {
  const kept = [];
  const order = parts.map((_, i) => i).sort((a, b) => parts[a].room - parts[b].room);
  for (const i of order) {
    const { middle, width } = parts[i];
    const left = Math.min(Math.max(middle - width / 2, 0), track - width);
    const free = kept.every((other) => left >= other.right + 4 || left + width <= other.left - 4);
    if (free) kept.push({ i, left, right: left + width });
  }
  return kept;
}

/** The place of this value, or of the one that is nearest. */
export function nearest(values, value) {
  let best = 0;
  values.forEach((other, i) => {
    if (Math.abs(other - value) < Math.abs(values[best] - value)) best = i;
  });
  return best;
}

/**
 * @param {object} on  show(knob, value, event) at every move, commit(knob, index) once at the end,
 *   prefetch(knob) when the pointer or the focus comes
 */
export function createSliders(on) {
  const root = h("div.sliders");
  let rows = new Map();

  function build(row, values) {
    const [id, about] = [`live-${row.knob}`, `live-${row.knob}-wrong`];
    const typed = h("input.typed", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": about,
      "aria-label": `${row.label}: type a value`,
    });
    const [unit, regime] = [h("span.unit"), h("span.within")];
    const value = h("span.value", {}, typed, unit, regime);
    const wrong = h("span.wrong", { id: about, role: "alert" });
    const input = h("input.range", { id, type: "range", min: 0, max: values.length - 1, step: 1 });
    const track = h("div.track", {}, h("div.regimes", { "aria-hidden": "true" }), input);
    const symbol = row.symbol ? h("i.symbol", {}, ` ${plainTex(row.symbol)}`) : "";
    const name = h("label.name", { for: id }, row.label, symbol);
    const element = h("div.slider", { "data-knob": row.knob }, name, track, value, wrong);
    const parts = { element, input, value, typed, unit, regime, wrong };
    const now = { index: row.index, exact: null, held: false, timer: null, busy: false };
    const own = { ...parts, ...now, row, values };
    const settle = () => {
      clearTimeout(own.timer);
      own.timer = null;
      own.busy = false;
      on.commit(row.knob, own.index);
    };
    input.addEventListener("pointerdown", () => {
      own.held = true;
      own.busy = true;
      on.prefetch(row.knob);
    });
    element.addEventListener("pointerenter", () => on.prefetch(row.knob));
    input.addEventListener("focus", () => on.prefetch(row.knob));
    input.addEventListener("input", (event) => {
      own.index = Number(input.value);
      own.exact = null;
      own.busy = true;
      paint(own);
      on.show(row.knob, own.values[own.index], event);
    });
    typed.addEventListener("change", () => {
      const read = readTyped(typed.value, own.row.label, own.row.typed);
      say(wrong, read.wrong ?? "");
      typed.setAttribute("aria-invalid", String(Boolean(read.wrong)));
      if (read.wrong) return;
      const stop = own.values.indexOf(read.value);
      own.index = nearest(own.values, read.value);
      own.exact = stop < 0 ? read.value : null;
      input.value = String(own.index);
      own.busy = true;
      paint(own);
      if (stop >= 0) on.show(row.knob, read.value, { timeStamp: performance.now() });
      settle();
    });
    typed.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      say(wrong, "");
      typed.removeAttribute("aria-invalid");
      typed.value = typedText(valueOf(own));
      event.preventDefault();
    });
    const release = () => {
      if (!own.held) return;
      own.held = false;
      if (own.index !== own.row.index || on.previews(row.knob)) settle();
      else own.busy = false;
    };
    input.addEventListener("change", () => {
      if (own.held) return release();
      clearTimeout(own.timer);
      own.timer = setTimeout(settle, KEY_PAUSE);
      return undefined;
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      input.addEventListener(end, () => setTimeout(release, 0));
    }
    return own;
  }

  function paint(own) {
    const now = valueOf(own);
    const text = own.exact === null ? valueText(own.row, own.values, own.index) : withUnit(own.row, typedText(now));
    const regime = regimeAt(own.row.regimes, now);
    const words = `${text}${regime ? ` · ${regime}` : ""}`;
    if (own.element.getRootNode().activeElement !== own.typed || own.busy) {
      own.typed.value = typedText(now);
      own.typed.style.width = `${Math.max(own.typed.value.length, 3) + 1.5}ch`;
      own.typed.removeAttribute("aria-invalid");
      say(own.wrong, "");
    }
    say(own.unit, own.row.unit ? ` ${own.row.unit}` : "");
    say(own.regime, regime ? ` · ${regime}` : "");
    own.value.title = words;
    own.input.setAttribute("aria-valuetext", words);
    const last = own.values.length - 1;
    own.input.style.setProperty("--part", String(last > 0 ? own.index / last : 0));
  }

  function paintRegimes(own) {
    const { row, values, element } = own;
    const parts = row.regimes.map(([low, high, name, about], i) => {
      const from = low === null ? 0 : placeOf(low, values, row.scale);
      const to = high === null ? 1 : placeOf(high, values, row.scale);
      const part = h("span", { class: `regime tone${i % 4}`, title: about }, h("span", {}, name));
      part.style.left = `${100 * from}%`;
      part.style.width = `${Math.max(0, 100 * (to - from))}%`;
      return part;
    });
    element.querySelector(".regimes").replaceChildren(...parts);
    element.classList.toggle("ranged", parts.length > 0);
    sizes.observe(element.querySelector(".regimes"));
    fitNames(element);
  }

  /** Only names that fit are written; all are in the title and beside the value. */
  function fitNames(element) {
    const names = [...element.querySelectorAll(".regime > span")];
    for (const name of names) name.hidden = false;
    const track = element.querySelector(".regimes").clientWidth;
    const parts = names.map((name) => {
      const { offsetLeft, offsetWidth } = name.parentElement;
      return { middle: offsetLeft + offsetWidth / 2, width: name.offsetWidth, room: offsetWidth };
    });
    for (const name of names) name.hidden = true;
    for (const { i, left } of namesThatFit(parts, track)) {
      names[i].hidden = false;
      names[i].style.left = `${left - names[i].parentElement.offsetLeft}px`;
    }
  }
  const sizes = new ResizeObserver((list) => {
    for (const { target } of list) fitNames(target.closest(".slider"));
  });

  return {
    root,
    /** New rows from the server. A slider that is being moved keeps its place. */
    update(list, pending) {
      const next = new Map();
      for (const row of list) {
        const { values } = row;
        const old = rows.get(row.knob);
        const own = old ?? build(row, values);
        const value = valueOf(own);
        const drawn = (regimes, numbers) => JSON.stringify([regimes, [...numbers]]);
        const named = !old || drawn(row.regimes, values) !== drawn(old.row.regimes, old.values);
        Object.assign(own, { row, values });
        // A value between two stops comes and goes: it keeps its value, not its place.
        const waits = own.busy || pending(row.knob);
        own.index = waits ? nearest(values, value) : row.index;
        own.exact = waits && own.exact !== null && !values.includes(value) ? value : null;
        own.input.max = String(values.length - 1);
        own.input.value = String(own.index);
        if (named) paintRegimes(own);
        paint(own);
        next.set(row.knob, own);
        if (own.element.matches(":hover, :focus-within")) on.prefetch(row.knob);
      }
      const order = [...next.values()].map((own) => own.element);
      const placed = order.length === root.children.length && order.every((e, i) => e === root.children[i]);
      if (!placed) root.replaceChildren(...order);
      rows = next;
    },
    busy: (knob) => rows.get(knob)?.busy ?? false,
    held: () => [...rows.values()].some((own) => own.held),
    state: () =>
      [...rows.values()].map((own) => ({
        knob: own.row.knob,
        index: own.index,
        value: valueOf(own),
        values: own.values,
        family: own.row.family,
      })),
    close() {
      sizes.disconnect();
      rows.forEach((own) => clearTimeout(own.timer));
    },
  };
}
