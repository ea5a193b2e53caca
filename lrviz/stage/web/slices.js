/** The slices that can be seen, and the menu of them. */

/**
 * @param {HTMLSelectElement} menu
 * @param {object} scene  takes `slices`; its state's `slice` is the place of the one that is seen
 * @param {Map<string, object>} cached  s and loss of each slice by its key
 * @returns {(profiles: object[]) => boolean} takes those of a message; are they others than before?
 */
export function createSlices(menu, scene, cached) {
  let key = null;
  return (profiles) => {
    const text = JSON.stringify(profiles);
    scene.state.slice = Math.min(scene.state.slice, Math.max(profiles.length - 1, 0));
    if (text === key && scene.slices.length === profiles.length) return false;
    key = text;
    scene.slices = profiles.filter((p) => cached.has(p.key)).map((p) => ({ ...p, ...cached.get(p.key) }));
    const names = scene.slices.map((s) => s.label);
    if (menu.dataset.names !== names.join("|")) {
      menu.dataset.names = names.join("|");
      menu.replaceChildren(...names.map((name, i) => new Option(name, i)));
    }
    return true;
  };
}
