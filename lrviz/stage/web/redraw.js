/** How much must be drawn again: only the heads, the paths too, the background too, all and in new colours. */
export const FRAME = 1;
export const PATHS = 2;
export const BACKGROUND = 3;
export const ALL = 4;
