import assert from "node:assert/strict";
import { test } from "node:test";
import { plainTex } from "../../lrviz/stage/web/tex.js";

test("formulas in plain text", () => {
  assert.equal(plainTex(String.raw`x \leftarrow x - \alpha g`), "x ← x − α g");
  assert.equal(
    plainTex(String.raw`x_{t+1} = x_t - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon}`).normalize(),
    "xₜ₊₁ = xₜ − α m\u0302 / (√v\u0302 + ε)".normalize(),
  );
  assert.equal(plainTex(String.raw`\beta_1^t`), "β₁ᵗ");
  assert.equal(plainTex(String.raw`\tfrac12 0.96^k \mathrm{sign}(m)`), "1 / 2 0.96ᵏ sign(m)");
});
