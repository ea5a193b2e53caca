import assert from "node:assert/strict";
import { test } from "node:test";
import { createServer } from "../../lrviz/stage/web/server.js";

test("a family of the stage is requested once until the answer comes, and again where it did not bring it", () => {
  const sent = [];
  const server = createServer({ sent: 0 });
  server.attach({ setStateValue: (_, value) => sent.push(value) });
  server.want("alpha", "f", 7, {});
  server.want("alpha", "f", 9, {});
  server.want("factor", "g", 0, {});
  assert.equal(sent.length, 2);
  assert.deepEqual([sent[1].alpha.stop, sent[1].factor.family], [7, "g"]);
  server.want("alpha", "f", 9, { "want.alpha": sent[0].alpha.seq });
  server.want("factor", "h", 0, {});
  assert.deepEqual([sent[2].alpha.stop, sent[3].factor.family], [9, "h"]);
  server.close();
});
