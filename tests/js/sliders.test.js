import assert from "node:assert/strict";
import { test } from "node:test";
import {
  namesThatFit,
  nearest,
  placeOf,
  readTyped,
  regimeAt,
  typedText,
  valueText,
} from "../../lrviz/stage/web/sliders.js";

test("a value keeps its place among other stops, or goes to the nearest", () => {
  assert.equal(nearest([0.1, 0.15, 0.2], 0.15), 1);
  assert.equal(nearest([0.1, 0.2, 0.3], 0.29), 2);
  assert.equal(nearest([0.1], 7), 0);
});

test("regimes lie where their values are among the stops", () => {
  assert.equal(placeOf(10, [1, 10, 100], "log"), 0.5);
  assert.ok(Math.abs(placeOf(Math.sqrt(10), [1, 10, 100], "log") - 0.25) < 1e-12);
  assert.equal(placeOf(-5, [1, 2], "linear"), 0);
  assert.equal(placeOf(9, [1, 2], "linear"), 1);
  assert.equal(valueText({ unit: "epochs", text: null }, [5], 0), "5 epochs");
});

test("a value lies in a regime", () => {
  const regimes = [[null, 0.1, "swings", "swings, 1/L to 2/L"], [0.1, null, "flies off", "flies off, past 2/L"]];
  assert.equal(regimeAt(regimes, 0.05), "swings, 1/L to 2/L");
  assert.equal(regimeAt(regimes, 0.1), "on the edge");
  assert.equal(regimeAt([[1, 2, "here", "only here"]], 3), null);
});

test("the name of the narrowest part is written, those that would run into it are not", () => {
  const part = (middle, room, width = 40) => ({ middle, room, width });
  const shown = (parts) => namesThatFit(parts, 300).map(({ i }) => i).sort();
  assert.deepEqual(shown([part(60, 120), part(150, 60), part(240, 120)]), [0, 1, 2]);
  assert.deepEqual(shown([part(110, 44), part(145, 26), part(230, 140)]), [1, 2]);
  assert.ok(namesThatFit([part(295, 10)], 300)[0].right <= 300);
});

test("a typed number is taken exactly, and what may not be gets a sentence", () => {
  const alpha = [0, 1000, true, false, "a number above 0, up to 1000"];
  for (const [text, value] of [["0.19", 0.19], [" 1e-3 ", 0.001], ["2.", 2], [".5", 0.5], ["1000", 1000]]) {
    assert.deepEqual(readTyped(text, "Learning rate", alpha), { value });
  }
  for (const text of ["0", "-1", "1001", "", "abc", "0x10", "Infinity", "1 2", "NaN"]) {
    assert.deepEqual(readTyped(text, "Learning rate", alpha), {
      wrong: "Learning rate must be a number above 0, up to 1000.",
    });
  }
  assert.match(readTyped("0,19", "Learning rate", alpha).wrong, / Write 0\.19\.$/);
  const patience = [0, 50, false, true, "a whole number from 0 to 50"];
  assert.deepEqual(readTyped("0", "Patience", patience), { value: 0 });
  assert.match(readTyped("2.5", "Patience", patience).wrong, /^Patience must be a whole number/);
  assert.deepEqual(readTyped("−3", "x", [null, null, false, false, "a number"]), { value: -3 });
});

test("a number is shown as it can be typed again", () => {
  for (const value of [0.19, 0.1234567, 1e-7, 3, -2.5, 123456.75]) {
    assert.deepEqual(readTyped(typedText(value), "x", [null, null, false, false, "a number"]), { value });
  }
  assert.equal(typedText(0.19), "0.19");
});
