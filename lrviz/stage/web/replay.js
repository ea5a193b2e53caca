/** The entry of the player of a recorded history. */
import { mounted } from "./mounted.js";
import { createRecorded } from "./recorded.js";

export default mounted(createRecorded);
