import assert from "node:assert/strict";
import { test } from "node:test";
import { leavesOut, watchPageSliders } from "../../lrviz/stage/web/page_sliders.js";

test("a family that leaves out the slice that is seen is not all there is", () => {
  const plain = { slice: null, arrays: {} };
  const landscape = { ...plain, arrays: { "landscape.basis": [] } };
  const sliced = { ...landscape, slice: "along x" };
  assert.ok(!leavesOut("along x", "noise", plain), "it moves no slice");
  assert.ok(leavesOut("along x", "y", plain) && leavesOut("along x", "kappa", landscape));
  assert.ok(!leavesOut(null, "kappa", landscape), "no slice is seen");
  assert.ok(!leavesOut("along x", "kappa", sliced) && leavesOut("along y", "kappa", sliced));
});

/** A page with the pointer on its slider of the noise; mutate: something came to the page or left it. */
function pageWithSlider(t) {
  const observers = new Map();
  globalThis.MutationObserver = class {
    constructor(callback) {
      this.callback = callback;
    }
    observe(target, options) {
      observers.set(this, options);
    }
    disconnect() {
      observers.delete(this);
    }
  };
  t.after(() => delete globalThis.MutationObserver);
  const widget = {
    className: "st-key-knob_noise",
    isConnected: true,
    querySelector: () => ({ getAttribute: () => "0.1" }),
    matches: () => true,
  };
  const page = { activeElement: { closest: () => widget }, addEventListener() {}, removeEventListener() {} };
  const mutate = () => [...observers].filter(([, { childList }]) => childList).forEach(([{ callback }]) => callback());
  return { page, widget, mutate };
}

test("a slider that leaves the page under the pointer moves the stage once more", (t) => {
  const { page, widget, mutate } = pageWithSlider(t);
  const knobs = [];
  const hovered = watchPageSliders(page, { prefetch() {}, moved: () => knobs.push(hovered.knob) });
  mutate();
  assert.deepEqual(knobs, []);
  widget.isConnected = false;
  mutate();
  mutate();
  assert.deepEqual(knobs, [null]);
  hovered.close();
});

test("a stage that comes to where the pointer is already knows the slider", async (t) => {
  const { page, widget } = pageWithSlider(t);
  await new Promise((prefetch) => {
    const hovered = watchPageSliders(page, { prefetch, moved() {} });
    assert.deepEqual([hovered.knob, hovered.text, hovered.there], ["noise", "0.1", true]);
    widget.isConnected = false; // another slider stands in its place
    assert.deepEqual([hovered.knob, hovered.text], [null, null]);
    widget.isConnected = true;
  });
  watchPageSliders({ ...page, activeElement: { closest: () => null } }, { prefetch: assert.fail, moved() {} });
});
