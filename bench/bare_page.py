"""A slider and one empty canvas, nothing else: what Streamlit itself takes. ``streamlit run bench/bare_page.py``."""

import streamlit as st

CANVAS = """
export default function ({ parentElement }) {
  let canvas = parentElement.querySelector("canvas");
  if (!canvas) {
    canvas = document.createElement("canvas");
    canvas.className = "lrviz-stage";
    canvas.stage = { drawnAt: 0, runs: [], curve: () => ({ x: [canvas.stage.drawnAt] }) };
    parentElement.append(canvas);
  }
  requestAnimationFrame(() => {
    canvas.getContext("2d").fillRect(0, 0, 10, 10);
    canvas.stage.drawnAt = performance.now();
    canvas.stage.runs = ["drawn"];
    performance.mark("stage drawn");
  });
}
"""

with st.container(key="knob_noise"):
    place = st.select_slider("Slider", [str(i) for i in range(100)])
st.components.v2.component("bare_canvas", js=CANVAS)(key="canvas", data={"place": place})
