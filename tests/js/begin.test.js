import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const CODE = readFileSync(new URL("../../lrviz/server/assets/begin.js", import.meta.url), "utf8");
const STREAM = "ws://host:8501/lab/_stcore/stream";

class Socket extends EventTarget {
  static OPEN = 1;
  static made = [];
  readyState = 0;
  constructor(url, protocols) {
    super();
    Object.assign(this, { url, protocols });
    Socket.made.push(this);
  }
  close() {
    this.readyState = 3;
  }
}

/** A page at this address after its first script: its window, and the socket that this has opened. */
function begun({ cookie = "", page = "http://host:8501/lab/how_long?alpha=1", streamlit } = {}) {
  Socket.made = [];
  const window = { WebSocket: Socket, __streamlit: streamlit };
  const timers = { setTimeout: (what) => window.timers.push(what), clearTimeout() {} };
  window.timers = [];
  vm.runInNewContext(CODE, { window, document: { baseURI: page, cookie }, URL, Event, Proxy, ...timers });
  return { window, early: Socket.made[0] };
}

test("Streamlit knows where its server is, unless its host has said so", () => {
  assert.equal(begun().window.__streamlit.BACKEND_BASE_URL, "http://host:8501/lab/");
  const { window, early } = begun({ streamlit: { BACKEND_BASE_URL: "https://other/app" } });
  assert.equal(window.__streamlit.BACKEND_BASE_URL, "https://other/app");
  assert.equal(early.url, "wss://other/app/_stcore/stream");
});

test("who asks for the same socket gets the one that is there, once", () => {
  const { window, early } = begun({ cookie: "a=b; _streamlit_xsrf=2|abc|1; c=d" });
  assert.deepEqual([early.url, ...early.protocols], [STREAM, "streamlit", "2|abc|1"]);
  const got = new window.WebSocket(STREAM, ["streamlit", "2|abc|1"]);
  assert.equal(got, early);
  assert.notEqual(new window.WebSocket(STREAM, ["streamlit", "2|abc|1"]), early);
  assert.equal(window.WebSocket, Socket);
});

test("a socket that is open says so again to who has just got it, and one that opens later once", () => {
  for (const readyState of [0, 1]) {
    const { window, early } = begun();
    early.readyState = readyState;
    window.timers.length = 0;
    let opened = 0;
    new window.WebSocket(STREAM, ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]).addEventListener("open", () => opened++);
    window.timers.forEach((timer) => timer());
    assert.equal(opened, readyState);
  }
});

test("another address, another token, an older session, a lost or a speaking socket: a new one, as was asked", () => {
  const same = [STREAM, ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]];
  const before = {
    closed: (early) => early.close(),
    spoke: (early) => early.dispatchEvent(new Event("message")),
    nothing: () => {},
  };
  for (const [what, [url, protocols]] of [
    ["closed", same],
    ["spoke", same],
    ["nothing", ["ws://host:8501/other", same[1]]],
    ["nothing", [STREAM, ["streamlit", "a token of the host"]]],
    ["nothing", [STREAM, ["streamlit", "PLACEHOLDER_AUTH_TOKEN", "session"]]],
    ["nothing", [STREAM, undefined]],
  ]) {
    const { window, early } = begun();
    before[what](early);
    const got = new window.WebSocket(url, protocols);
    assert.notEqual(got, early);
    assert.deepEqual([got.url, got.protocols, got.readyState, early.readyState], [url, protocols, 0, 3]);
  }
});

test("a socket for which nobody asks is closed", () => {
  const { window, early } = begun();
  window.timers.forEach((timer) => timer());
  assert.equal(early.readyState, 3);
});
