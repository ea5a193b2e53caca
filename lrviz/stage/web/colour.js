/** Colour arithmetic: sRGB triples 0-255, WCAG contrast. */

/** @returns {number[]} [r, g, b] of "#rrggbb", "#rgb" or "rgb(...)" */
export function parseColour(text) {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text.trim());
  if (hex) {
    const h = hex[1].length < 6 ? [...hex[1]].map((c) => c + c).join("") : hex[1];
    return [0, 2, 4].map((i) => parseInt(h.slice(i, i + 2), 16));
  }
  const numbers = text.match(/[\d.]+/g);
  if (!numbers || numbers.length < 3) return [128, 128, 128];
  const k = /^color\(/.test(text.trim()) ? 255 : 1;
  return numbers.slice(0, 3).map((v) => Number(v) * k);
}

export const css = (c, alpha = 1) => `rgba(${c.map((v) => Math.round(v)).join(",")},${alpha})`;

export const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);

/** WCAG relative luminance. */
export function luminance(c) {
  const [r, g, b] = c.map((v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The colour, moved towards black or white until it has `ratio` against every background. */
export function legible(colour, backgrounds, ratio = 3) {
  const dark = luminance(backgrounds[0]) < 0.35;
  const end = dark ? [255, 255, 255] : [0, 0, 0];
  for (let t = 0; t < 1; t += 0.04) {
    const c = mix(colour, end, t);
    if (backgrounds.every((g) => contrast(c, g) >= ratio)) return c;
  }
  return end;
}
