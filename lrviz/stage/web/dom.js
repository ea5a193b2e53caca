/** Elements without markup: text is only ever set as text. */

/**
 * @param {string} tag  "button.name" is a tag with a class
 * @param {Record<string, any>} attributes  on... are listeners; false and null are left out
 * @param {...(Node|string)} children
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Sets text where it changed: nothing is laid out for what stays. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A canvas is a picture of this name; without one it is nothing to who cannot see it. */
export function namePicture(canvas, name) {
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
}

/** As a sentence begins with it. */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of one filled path on a 24 x 24 field. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}
