/** The entry: Streamlit calls the default export at mount, at every new data, and when the theme changes. */
import { createMap } from "./instance.js";

const instances = new WeakMap();

/**
 * @param {{data: Uint8Array, parentElement: ShadowRoot|HTMLElement,
 *   setStateValue: (key: string, value: any) => void}} component
 */
export default function (component) {
  const { parentElement } = component;
  let instance = instances.get(parentElement);
  if (!instance) {
    instance = createMap(parentElement);
    instances.set(parentElement, instance);
  }
  instance.update(component);
  return () =>
    setTimeout(() => {
      if (instance.root.isConnected) return;
      instance.destroy();
      instances.delete(parentElement);
    });
}
