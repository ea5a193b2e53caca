/** The style sheet. The bundle puts stage.css here (bundle.py); under node there is none. */
export const STYLE = "";
