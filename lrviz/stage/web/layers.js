/**
 * The canvases of a panel. Background (seldom drawn) and top are on the page; paths (drawn when a run changes, then
 * only added to) is kept aside and copied below the heads: a canvas that changes costs the browser its whole area in
 * every frame, and so only one does.
 */

/** The rectangle of a plot inside its canvases. */
export const plotBox = ({ width, height }, margin) => ({
  left: margin.left,
  top: margin.top,
  right: width - margin.right,
  bottom: height - margin.bottom,
});

/** Draws, and cuts off what falls outside the plot: the numbers of the axes stand there. */
export function withinBox(g, { left, top, right, bottom }, draw) {
  g.save();
  g.beginPath();
  g.rect(left, top, right - left, bottom - top);
  g.clip();
  draw();
  g.restore();
}

/** Clips to the union of rectangles, each grown to whole pixels of the screen. */
function clipTo(g, sides, ratio) {
  g.beginPath();
  for (let i = 0; i < sides.length; i += 4) {
    const left = Math.floor(sides[i] * ratio - 1) / ratio;
    const top = Math.floor(sides[i + 1] * ratio - 1) / ratio;
    const right = Math.ceil(sides[i + 2] * ratio + 1) / ratio;
    const bottom = Math.ceil(sides[i + 3] * ratio + 1) / ratio;
    g.rect(left, top, right - left, bottom - top);
  }
  g.clip();
}

/**
 * @param {HTMLElement} box  whose size the canvases take
 * @returns {{background: CanvasRenderingContext2D, paths: CanvasRenderingContext2D, head: CanvasRenderingContext2D,
 *   width: number, height: number, top: HTMLCanvasElement, fit: () => boolean, clear: (layer: string) => void}}
 */
export function createLayers(box) {
  const layers = { width: 0, height: 0, ratio: 0 };
  for (const name of ["background", "paths", "head"]) {
    const canvas = document.createElement("canvas");
    canvas.className = `layer ${name}`;
    if (name === "background") canvas.setAttribute("aria-hidden", "true");
    if (name !== "paths") box.append(canvas);
    layers[name] = canvas.getContext("2d");
  }
  layers.top = layers.head.canvas;
  let stale = true;
  const watch = new ResizeObserver(() => {
    stale = true;
  });
  watch.observe(box);

  /** Takes the box's size; true where it changed and everything must be drawn again. */
  layers.fit = () => {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (!stale && ratio === layers.ratio) return false;
    stale = false;
    const width = box.clientWidth;
    const height = box.clientHeight;
    whole = true;
    if (width === layers.width && height === layers.height && ratio === layers.ratio) return false;
    Object.assign(layers, { width, height, ratio });
    for (const name of ["background", "paths", "head"]) {
      const { canvas } = layers[name];
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
      layers[name].setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    return true;
  };
  let touched = [];
  let whole = true;
  /** What is drawn tells where: only there the next frame has anything to restore. */
  const touch = (left, top, right, bottom) => touched.push(left, top, right, bottom);
  layers.head.touched = touch;
  layers.paths.touched = touch;
  layers.clear = (name) => {
    if (name !== "background") whole = true;
    layers[name].clearRect(0, 0, layers.width, layers.height);
  };
  /** A fresh head layer: the paths, and nothing on them yet. */
  layers.begin = () => {
    const { canvas } = layers.paths;
    const g = layers.head;
    g.save();
    g.imageSmoothingEnabled = false;
    if (!whole) clipTo(g, touched, layers.ratio);
    g.clearRect(0, 0, layers.width, layers.height);
    g.drawImage(canvas, 0, 0, canvas.width / layers.ratio, canvas.height / layers.ratio);
    g.restore();
    touched = [];
    whole = false;
  };
  layers.close = () => watch.disconnect();
  return layers;
}
