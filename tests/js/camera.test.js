import assert from "node:assert/strict";
import { test } from "node:test";
import { depthOf, firstCamera, orbited, projector } from "../../lrviz/stage/web/camera.js";

test("seen from above, the surface is a map", () => {
  const project = projector({ turn: 0, tilt: Math.PI / 2, zoom: 1 }, 300, 200);
  assert.deepEqual(project(0, 0, 0).map(Math.round), [150, 100]);
  assert.ok(project(0.5, 0, 0)[0] > 150 && project(0, 0.5, 0)[1] < 100);
  assert.ok(Math.abs(project(0, 0, 0)[1] - project(0, 0, 1)[1]) < 1e-9);
});

test("the painter begins with what is farther away, which is higher in the picture", () => {
  const camera = firstCamera();
  const project = projector(camera, 300, 200);
  const corners = [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]];
  const far = corners.reduce((a, b) => (depthOf(camera, ...a) > depthOf(camera, ...b) ? a : b));
  const top = corners.reduce((a, b) => (project(...a, 0)[1] < project(...b, 0)[1] ? a : b));
  assert.deepEqual(far, top);
  assert.ok(orbited(camera, 0, 1e6).tilt <= 1.5);
});
