/* The first script of every page: what Streamlit would do one after the other begins at once. */
(() => {
  // Where the server is: Streamlit would look below the address of the page first.
  const streamlit = (window.__streamlit ??= {});
  streamlit.BACKEND_BASE_URL ??= new URL("./", document.baseURI).href;

  // Its socket takes two round trips. It opens now, and Streamlit gets this one when it asks for the same.
  const { WebSocket } = window;
  const address = streamlit.BACKEND_BASE_URL.replace(/^http/, "ws").replace(/\/*$/, "/_stcore/stream");
  const tokens = () => [document.cookie.match(/\b_streamlit_xsrf=([^;]*)/)?.[1], "PLACEHOLDER_AUTH_TOKEN"];
  const early = new WebSocket(address, ["streamlit", tokens().find(Boolean)]);
  const dismiss = () => early.close();
  const late = setTimeout(dismiss, 30_000);
  early.addEventListener("message", dismiss); // that nobody would hear
  window.WebSocket = new Proxy(WebSocket, {
    construct(socket, [url, protocols]) {
      window.WebSocket = socket;
      clearTimeout(late);
      early.removeEventListener("message", dismiss);
      const [name, token, session] = [protocols ?? []].flat();
      const same = new URL(url, address).href === address && name === "streamlit" && tokens().includes(token);
      if (!same || session || early.readyState > WebSocket.OPEN) {
        dismiss();
        return new socket(url, protocols);
      }
      if (early.readyState === WebSocket.OPEN) setTimeout(() => early.dispatchEvent(new Event("open")));
      return early;
    },
  });
})();
