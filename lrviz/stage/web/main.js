/** The entry of the player of runs. */
import { createInstance } from "./instance.js";
import { mounted } from "./mounted.js";

export default mounted(createInstance);
