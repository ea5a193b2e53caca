/** The slices that can be seen, and the menu of them. */

/**
 * @param {HTMLSelectElement} menu
 * @param {object} scene  takes `slices`; its state's `slice` is the place of the one that is seen
 * @param {Map<string, object>} kept  s and loss of each slice by its key
 * @returns {(profiles: object[]) => boolean} takes what a message tells of them; are they others than before?
 */
export function createSlices(menu, scene, kept) {
  let key = null;
  return (profiles) => {
    const told = JSON.stringify(profiles);
    scene.state.slice = Math.min(scene.state.slice, Math.max(profiles.length - 1, 0));
    if (told === key && scene.slices.length === profiles.length) return false;
    key = told;
    scene.slices = profiles.filter((p) => kept.has(p.key)).map((p) => ({ ...p, ...kept.get(p.key) }));
    const names = scene.slices.map((s) => s.label);
    if (menu.dataset.names !== names.join("|")) {
      menu.dataset.names = names.join("|");
      menu.replaceChildren(...names.map((name, i) => new Option(name, i)));
    }
    return true;
  };
}
