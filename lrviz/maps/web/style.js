/** The style sheet. The bundle puts maps.css here (stage/bundle.py); under node there is none. */
export const STYLE = "";
