import assert from "node:assert/strict";
import { test } from "node:test";
import { above, wholePage } from "../../lrviz/stage/web/fit.js";

test("the whole page has the state of the frame, and neither its looks nor its host's path", () => {
  const cases = [
    ["http://a.org/playground?alpha=0.05&embed=true", "http://a.org/playground?alpha=0.05"],
    ["http://a.org/lab/playground?embed=true&embed_options=dark_theme&noise=1", "http://a.org/lab/playground?noise=1"],
    ["https://lab.streamlit.app/~/+/playground?alpha=0.1&embed=true", "https://lab.streamlit.app/playground?alpha=0.1"],
    ["http://a.org/playground?embed=true", "http://a.org/playground"],
  ];
  for (const [frame, whole] of cases) assert.equal(wholePage(frame), whole);
  const race = new URL(wholePage("http://a.org/playground?run2=optimizer:adam;alpha:0.05&embed=true"));
  assert.equal(race.searchParams.get("run2"), "optimizer:adam;alpha:0.05");
});

test("what is above does not depend on how far the page is scrolled", () => {
  const page = { scrollTop: 30, parentElement: null };
  const host = { scrollTop: 0, parentElement: page };
  const element = { getBoundingClientRect: () => ({ top: -20 }), getRootNode: () => ({ host }) };
  assert.equal(above(element), 10);
});
