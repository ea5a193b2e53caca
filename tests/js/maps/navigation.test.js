import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createNavigation } from "../../../lrviz/maps/web/navigation.js";
import { COARSE } from "../../../lrviz/maps/web/tiles.js";
import { LINE, LOG } from "./rows.js";

const WHOLE_MAP = { x: LOG, y: LINE };

function navigationOf() {
  const layers = {
    region: WHOLE_MAP,
    whole: null,
    saved: () => ({ region: layers.region }),
    restore: (saved) => Object.assign(layers, saved),
  };
  const loads = [];
  const navigation = createNavigation(layers, { load: (points) => loads.push(points), changed() {} });
  return { layers, loads, navigation };
}

test("a gesture is one step back, and loads when it rests", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { layers, loads, navigation } = navigationOf();
  for (let i = 0; i < 5; i++) navigation.zoom(0.5, 0.5, 0.9);
  assert.deepEqual([navigation.history, loads.length], [1, 0]);
  mock.timers.tick(1000);
  assert.deepEqual(loads, [COARSE]);
  navigation.zoom(0.5, 0.5, 0.9);
  assert.equal(navigation.history, 2);
  navigation.back();
  navigation.back();
  assert.deepEqual([layers.region, navigation.history], [WHOLE_MAP, 0]);
  mock.timers.tick(1000);
  assert.equal(loads.length, 3, "the gesture that was cut short loads nothing more");
  mock.timers.reset();
});

test("going back loads only what is not there", () => {
  const { layers, loads, navigation } = navigationOf();
  navigation.go({ ...WHOLE_MAP, x: { ...LOG, low: 1e-2 } });
  layers.whole = { points: COARSE[0] };
  navigation.back();
  assert.deepEqual(loads, [COARSE, COARSE.slice(1)]);
  navigation.back();
  assert.equal(loads.length, 2, "there is no further back");
});

test("where nothing changes there is no step back", () => {
  const { loads, navigation } = navigationOf();
  navigation.go({ ...WHOLE_MAP });
  assert.deepEqual([navigation.history, loads.length], [0, 0]);
});
