/** A little LaTeX as plain text: enough for the update rules. x_{t+1} = x_t - \alpha \hat{m} / (\sqrt{v} + \epsilon) */

const SYMBOLS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε", eta: "η", theta: "θ", lambda: "λ",
  kappa: "κ", tau: "τ", psi: "ψ", mu: "μ", nu: "ν", rho: "ρ", sigma: "σ", nabla: "∇", Delta: "Δ",
  cdot: "·", times: "×", odot: "⊙", leftarrow: "←", gets: "←", to: "→", rightarrow: "→", le: "≤", leq: "≤", ge: "≥",
  geq: "≥", infty: "∞", approx: "≈", pm: "±",
  quad: "  ", qquad: "   ", ",": " ", ";": " ", " ": " ", "!": "", "{": "{", "}": "}", "\\": "   ", lVert: "‖",
  rVert: "‖", lvert: "|", rvert: "|", "|": "‖",
  left: "", right: "", operatorname: "", mathrm: "", text: "", mathbf: "", max: "max", min: "min", big: "", Big: "",
  bigl: "", bigr: "",
};
const paired = (from, to) => Object.fromEntries([...from].map((c, i) => [c, [...to][i]]));
const SUB = paired("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");
const SUP = paired("0123456789+-=()nitkT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵗᵏᵀ");
const ACCENTS = { hat: "\u0302", bar: "\u0304", tilde: "\u0303", dot: "\u0307", vec: "\u20d7" };

const raised = (text, table, mark) => {
  const plain = [...text.replaceAll(" ", "")];
  if (plain.every((c) => c in table)) return plain.map((c) => table[c]).join("");
  return text.length > 1 ? `${mark}(${text})` : mark + text;
};
const grouped = (text) => (/[ +−/-]/.test(text.trim()) ? `(${text.trim()})` : text.trim());

/** @param {string} source @returns {string} */
export function plainTex(source) {
  let at = 0;
  const argument = () => {
    while (source[at] === " ") at++;
    if (source[at] !== "{") return one();
    at++;
    const inner = many("}");
    at++;
    return inner;
  };
  const command = () => {
    const name = /^([A-Za-z]+|.)/.exec(source.slice(at))?.[0] ?? "";
    at += name.length;
    if (name === "frac" || name === "tfrac" || name === "dfrac") {
      const above = argument();
      return `${grouped(above)} / ${grouped(argument())}`;
    }
    if (name === "sqrt") {
      const under = argument();
      return `√${under.length > 2 ? `(${under})` : under}`;
    }
    if (name in ACCENTS) return argument() + ACCENTS[name];
    if (name in SYMBOLS) return SYMBOLS[name];
    return name;
  };
  const one = () => {
    const c = source[at++];
    if (c === "\\") return command();
    if (c === "_") return raised(argument(), SUB, "_");
    if (c === "^") return raised(argument(), SUP, "^");
    if (c === "-") return "−";
    if (c === "{") {
      const inner = many("}");
      at++;
      return inner;
    }
    return c === "$" || c === "&" ? "" : c;
  };
  const many = (end) => {
    let out = "";
    while (at < source.length && source[at] !== end) out += one();
    return out;
  };
  return many(undefined).replace(/ {4,}/g, "   ").trim();
}
