import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv*/", "node_modules/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
      "max-len": ["error", { code: 120, ignoreComments: false }],
    },
  },
  {
    files: ["lrviz/{server/assets,stage/web,maps/web,export/web}/**/*.js"],
    languageOptions: { globals: globals.browser },
  },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: globals.node } },
];
