/** The entry of the map. */
import { mounted } from "../../stage/web/mounted.js";
import { createMap } from "./instance.js";

export default mounted(createMap);
