/** A level's cells as a canvas, and a mask of those without a number. */
import { missing, painter } from "./colours.js";
import { cellsAlong, extent, raster } from "./level.js";

const canvasOf = (wide, high) => Object.assign(document.createElement("canvas"), { width: wide, height: high });

/** @param {object} level @param {{show: object, span: object, tables: object}} look */
export function createPicture(level, { show, span, tables }) {
  const { region, nx, ny } = level;
  const columns = cellsAlong(region.x, level.x);
  const rows = cellsAlong(region.y, level.y);
  const [colours, lost] = [canvasOf(columns.length, rows.length), canvasOf(columns.length, rows.length)];
  const colour = painter(show, span, tables, level.logged);
  const clear = [0, 0, 0, 0];
  const opaque = [0, 0, 0, 255];
  const put = (canvas, of, left, low, wide, high) => {
    const pixels = raster(columns.subarray(left, left + wide), rows.subarray(low, low + high), of);
    canvas.getContext("2d").putImageData(new ImageData(pixels, wide, high), left, rows.length - low - high);
  };
  return {
    colours,
    lost: show.lost ? lost : null,
    span,
    x: extent(region.x, nx),
    y: extent(region.y, ny),
    /** These cells have come. */
    paint({ left, low, wide, high }) {
      const part = columns.length === nx && rows.length === ny;
      const place = part ? [left, low, wide, high] : [0, 0, columns.length, rows.length];
      put(colours, (column, row) => colour(level.at(column, row)), ...place);
      if (show.lost) put(lost, (i, j) => (missing(level.at(i, j), level.logged) ? opaque : clear), ...place);
    },
  };
}
