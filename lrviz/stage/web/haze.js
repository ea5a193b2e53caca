/** What a panel of a recorded history has besides its lines (series.js says what these parts of a scene are). */

/** Room for words in pixels, and for half of a notch. */
const FAR = 150;
const NOTCH = 7;

/** Whether a line's words stand to its right or, near the end, to its left. */
function beside(g, text, px, py, box, { ink, veil }) {
  const right = px + FAR < box.right;
  const left = right ? px + 4 : px - 4 - FAR;
  g.textAlign = right ? "left" : "right";
  g.textBaseline = "top";
  const width = Math.min(g.measureText(text).width + 4, FAR);
  g.fillStyle = veil;
  g.fillRect(right ? left : left + FAR - width, py - 1, width, 15);
  g.fillStyle = ink;
  g.fillText(text, right ? left + 2 : px - 6, py);
}

function upright(g, px, box, dash) {
  g.setLineDash(dash);
  g.beginPath();
  g.moveTo(px, box.top);
  g.lineTo(px, box.bottom);
  g.stroke();
  g.setLineDash([]);
}

/** From the first loss on that belongs to another rate than the rule's all lies behind paper, and words say so. */
export function drawHaze(g, { until, palette }, x, box, words) {
  if (until === null || until === undefined) return;
  const px = Math.max(x.to(until), box.left);
  if (px > box.right) return;
  const right = box.right + NOTCH; // half of a notch on the last epoch
  g.touched?.(box.left, box.top - 1, right, box.bottom + 1);
  g.fillStyle = palette.haze;
  g.fillRect(px, box.top, right - px, box.bottom - box.top);
  g.strokeStyle = palette.soft;
  g.lineWidth = 1;
  upright(g, px, box, [2, 3]);
  if (!words) return;
  g.font = `12px ${palette.font}`;
  beside(g, "from here on the losses", px, box.top + 2, box, palette);
  beside(g, "would have been others", px, box.top + 17, box, palette);
}

/** Where a training was stopped, or would have been. */
export function drawLines(g, { lines, palette }, x, box) {
  g.font = `12px ${palette.font}`;
  g.strokeStyle = palette.ink;
  g.lineWidth = 1.5;
  lines.forEach(({ at, text }, i) => {
    const px = x.to(at);
    if (px < box.left || px > box.right) return;
    upright(g, px, box, [8, 4]);
    beside(g, text, px, box.bottom - 16 * (i + 1), box, palette);
  });
}

/** A cross at the lower edge for each loss that is no number or infinite. */
export function drawLost(g, { lost, palette }, x, box) {
  g.strokeStyle = palette.ink;
  g.lineWidth = 1.5;
  g.beginPath();
  let last = -Infinity;
  for (const step of lost) {
    const px = x.to(step);
    if (px < box.left || px > box.right || px - last < 2) continue;
    last = px;
    for (const way of [-1, 1]) {
      g.moveTo(px - 4, box.bottom - 5 - 4 * way);
      g.lineTo(px + 4, box.bottom - 5 + 4 * way);
    }
  }
  g.stroke();
}
