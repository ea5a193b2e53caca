/**
 * A little LaTeX as plain text: enough for the update rules. x_{t+1} = x_t - \alpha \hat{m} / (\sqrt{v} + \epsilon).
 * Letters whose values are known can be put in as numbers: x - 0.1 · (3, 4).
 */

const SYMBOLS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε", eta: "η", theta: "θ", lambda: "λ",
  iota: "ι", kappa: "κ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", upsilon: "υ", phi: "φ",
  chi: "χ", psi: "ψ", omega: "ω", zeta: "ζ", nabla: "∇", Delta: "Δ",
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
const WORDS = ["mathrm", "text", "operatorname"];

/** Is all of it inside one pair of parentheses? */
function enclosed(text) {
  let depth = 0;
  const closes = [...text].findIndex((c) => (depth += (c === "(") - (c === ")")) === 0);
  return text.startsWith("(") && closes === [...text].length - 1;
}

const grouped = (text) => {
  const inner = text.trim();
  return /[ +−/-]/.test(inner) && !enclosed(inner.replace(/^√/, "")) ? `(${inner})` : inner;
};

/** Numbers side by side would be read as one: a sign of multiplication comes between. */
const joined = (before, next) =>
  /[\d)⁰¹²³⁴⁵⁶⁷⁸⁹]\s*$/u.test(before) && /^\s*[\d(√\p{L}]/u.test(next)
    ? `${before.trimEnd()} · ${next.trimStart()}`
    : before + next;

/**
 * @param {string} source
 * @param {Record<string, string>|null} values  a letter as LaTeX, with its index if it has one -> its number; without
 *   any the formula is in letters
 * @returns {string}
 */
export function plainTex(source, values = null) {
  let at = 0;
  const digits = () => /^(\d+(\.\d+)?)?/.exec(source.slice(at))[0];
  const braced = () => {
    const inner = source.slice(at + 1, source.indexOf("}", at));
    at += inner.length + 2;
    return inner;
  };
  const argument = () => {
    while (source[at] === " ") at++;
    if (/\d/.test(source[at])) return source[at++];
    if (source[at] !== "{") return one();
    at++;
    const inner = many("}");
    at++;
    return inner;
  };
  const letters = Object.keys(values ?? {}).sort((a, b) => b.length - a.length);
  const ends = (letter) => letter.length === 1 || !/[a-z]/i.test(source[at + letter.length]);
  const known = () => letters.find((letter) => source.startsWith(letter, at) && ends(letter));
  const command = () => {
    const name = /^([A-Za-z]+|.)/.exec(source.slice(at))?.[0] ?? "";
    at += name.length;
    if (name === "frac" || name === "tfrac" || name === "dfrac") {
      const above = argument();
      return `${grouped(above)} / ${grouped(argument())}`;
    }
    if (name === "sqrt") {
      const under = argument();
      return `√${under.length > 2 && !enclosed(under) ? `(${under})` : under}`;
    }
    if (WORDS.includes(name) && source[at] === "{") return braced();
    if (name in ACCENTS) return argument() + ACCENTS[name];
    if (name in SYMBOLS) return SYMBOLS[name];
    return name;
  };
  const one = () => {
    const letter = known();
    const number = letter ?? digits();
    at += number.length;
    if (number) return values?.[letter] ?? number;
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
    while (at < source.length && source[at] !== end) out = values ? joined(out, one()) : out + one();
    return out;
  };
  return many(undefined).replace(/ {4,}/g, "   ").trim();
}
