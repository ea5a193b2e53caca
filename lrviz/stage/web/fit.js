/** A stage that fills its frame: how high it may be, and the way from there to the whole page. */

/** Pixels of the page above this element, however far it is scrolled. */
export function above(element) {
  let top = element.getBoundingClientRect().top;
  for (let box = element.getRootNode().host ?? element; box; box = box.parentElement) top += box.scrollTop;
  return Math.max(top, 0);
}

/**
 * The address of the whole page in the same state: without what makes it a frame, and without the path of the frame in
 * which Streamlit's own cloud shows an app.
 */
export function wholePage(address) {
  const url = new URL(address);
  for (const key of ["embed", "embed_options"]) url.searchParams.delete(key);
  url.pathname = url.pathname.replace("/~/+/", "/");
  return url.href;
}

/** The link follows the page's address, which holds its state: looked up as a pointer hovers. */
export function linkToWholePage(link) {
  const look = () => {
    link.href = wholePage(window.location.href);
  };
  for (const event of ["pointerenter", "pointerdown", "focus", "click"]) link.addEventListener(event, look);
  look();
}
