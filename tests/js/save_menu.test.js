import assert from "node:assert/strict";
import { test } from "node:test";
import { noFilm } from "../../lrviz/stage/web/save_menu.js";

test("where no film can be made, other browsers are named, or the other kind", () => {
  assert.match(noFilm([]), /cannot film.*Firefox/);
  assert.match(noFilm(["mp4"]), /MP4/);
});
