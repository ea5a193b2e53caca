/** The epochs that are seen: control and wheel or two fingers come nearer, and a button shows all again. */

/** So many epochs at least. */
const FEW = 8;

/** The window [from, to] of 0 to n, nearer by factor (< 1) around a step, which stays where it is; null for all. */
export function spanAround(span, n, step, factor) {
  const [from, to] = span ?? [0, n];
  const size = Math.min(Math.max((to - from) * factor, Math.min(FEW, n)), n);
  if (size >= n) return null;
  const part = to > from ? (step - from) / (to - from) : 0.5;
  const begin = Math.min(Math.max(step - part * size, 0), n - size);
  return [begin, begin + size];
}

/** The same window moved so far that it holds the step. */
export function spanWith(span, n, step) {
  if (!span || (step >= span[0] && step <= span[1])) return span;
  const size = span[1] - span[0];
  const begin = Math.min(Math.max(step - size / 2, 0), n - size);
  return [begin, begin + size];
}

/** @param {{shared: {n: number, span: number[]|null}, changed: () => void}} host */
export function createSpan({ shared, changed }) {
  const set = (next) => {
    if (next === shared.span) return;
    shared.span = next;
    changed();
  };
  return {
    reset: () => set(null),
    show: (step) => set(spanWith(shared.span, shared.n, step)),
    watch(canvas, stepAt) {
      canvas.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
        event.preventDefault();
        const px = event.clientX - canvas.getBoundingClientRect().left;
        const by = Math.exp(Math.min(Math.max(event.deltaY * (event.deltaMode === 1 ? 30 : 1), -240), 240) * 0.0032);
        set(spanAround(shared.span, shared.n, stepAt(px), by));
      }, { passive: false });
      canvas.addEventListener("dblclick", () => set(null));
    },
  };
}
