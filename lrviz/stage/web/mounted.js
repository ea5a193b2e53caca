/** What Streamlit calls at mount, at every new data, and when the theme changes: one instance for each place. */
import { letGoSliders } from "./let_go.js";

/**
 * @param {(parent: ShadowRoot|HTMLElement) => {root: HTMLElement, update: Function, destroy: Function}} create
 * @returns {(component: {data: Uint8Array, parentElement: ShadowRoot|HTMLElement,
 *   setStateValue: (key: string, value: any) => void}) => () => void}
 */
export function mounted(create) {
  letGoSliders(document);
  const instances = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    let instance = instances.get(parentElement);
    if (!instance) {
      instance = create(parentElement);
      instances.set(parentElement, instance);
    }
    instance.update(component);
    // Called at unmount, but also when newer data overtakes this call: only a host that left the page is at its end.
    return () =>
      setTimeout(() => {
        if (instance.root.isConnected) return;
        instance.destroy();
        instances.delete(parentElement);
      });
  };
}
