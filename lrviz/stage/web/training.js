/** The entry of the player of a training. */
import { mounted } from "./mounted.js";
import { createTrained } from "./trained.js";

export default mounted(createTrained);
