/** How much must be drawn again: only the heads, the paths too, everything. */
export const FRAME = 1;
export const PATHS = 2;
export const ALL = 3;
