/** Where the surface is seen from: turn around the vertical axis, tilt above the horizon. */

/** @typedef {{turn: number, tilt: number, zoom: number}} Camera  angles in radians */

/** @returns {Camera} */
export const firstCamera = () => ({ turn: -0.65, tilt: 0.62, zoom: 1 });

export const orbited = (camera, dx, dy) => ({
  ...camera,
  turn: camera.turn + dx * 0.009,
  tilt: Math.min(Math.max(camera.tilt + dy * 0.007, 0.08), 1.5),
});

export const nearer = (camera, factor) => ({ ...camera, zoom: Math.min(Math.max(camera.zoom * factor, 0.4), 6) });

/**
 * Points of the unit cube's floor (u, v in -0.5..0.5) and height h (0-1) to pixels: a parallel projection, so that
 * lengths can be compared.
 * @returns {(u: number, v: number, h: number) => [number, number]}
 */
export function projector({ turn, tilt, zoom }, width, height) {
  const scale = Math.min(width / 1.5, height / 1.4) * zoom;
  const [ct, st, cp, sp] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const [cx, cy] = [width / 2, height / 2];
  return (u, v, h) => {
    const side = u * ct - v * st;
    const depth = u * st + v * ct;
    const up = (h - 0.5) * 0.62;
    return [cx + side * scale, cy - (depth * sp + up * cp) * scale];
  };
}

/** Larger is farther away: the painter starts with the largest. */
export const depthOf = ({ turn }, u, v) => u * Math.sin(turn) + v * Math.cos(turn);
