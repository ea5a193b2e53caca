/* Small modules of Streamlit's, which came in one answer: an import map leads from the address of each to its code.
   Where this script or the map is missing, the browser asks for the files as Streamlit has them. */
((modules, mark) => {
  const { sessionStorage, HTMLScriptElement, navigator } = window;
  const failed = "lab: modules failed";
  // Only in Chromium: to Safari the code at a `data:` address is of another origin and may bring in no other later, and
  // in Firefox a page with such code is never done loading.
  if (navigator.vendor !== "Google Inc.") return;
  if (!HTMLScriptElement.supports?.("importmap") || sessionStorage.getItem(failed)) return;
  const folder = new URL("./static/js/", document.baseURI).href;
  const imports = {};
  for (const [file, code] of Object.entries(modules)) {
    imports[folder + file] = `data:text/javascript;charset=utf-8,${encodeURIComponent(code.replaceAll(mark, folder))}`;
  }
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports });
  document.head.append(map);
  document.addEventListener("error", ({ target }) => {
    if (target.type !== "module") return;
    sessionStorage.setItem(failed, "yes");
    window.location.reload();
  }, true);
})
