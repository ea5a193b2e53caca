"""A component's JavaScript as one text: its ES modules in the order of their imports, each in its own function.

Node imports the very same files for the unit tests, so there is no build step and nothing generated to keep. Two forms
are understood, one a line or a few: `import { a, b } from "./x.js";` and `export function|const|class name`. A module
is named by its path in the package, ``stage/web/main``; one component may import what is another's.
"""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from posixpath import dirname, join, normpath

NEEDS = "The player does not start here. It needs Chrome or Edge 111, Firefox 113, Safari 16.4, or a newer one."
"""What is said in place of a stage that does not start. It needs `DecompressionStream` (Chrome, Edge 80, Firefox 113,
Safari 16.4) and `Array.findLast` (97, 104, 15.4), and for its borders `color-mix` (111, 113, 16.2). `:has` (105, 121,
15.4) is not needed.

Source: https://developer.mozilla.org/docs/Web, tables of compatibility.
"""

IMPORT = re.compile(r"^import (?P<names>\{[^}]*\}) from \"(?P<path>\.{1,2}/[\w./-]+)\.js\";$", re.MULTILINE)
EXPORT = re.compile(r"^export (?P<what>(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
STAGE = "stage/web/main"


def _read(path: str) -> str:
    return files("lrviz").joinpath(*path.split("/")).read_text(encoding="utf-8")


def _imported(module: str, path: str) -> str:
    """The module that a path in this one means."""
    return normpath(join(dirname(module), path))


def modules(entry: str = STAGE) -> list[str]:
    """The modules that `entry` needs, each after those it imports. Raises ``ImportError`` where they go in a circle."""
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ImportError(f"modules import each other in a circle: {' -> '.join([*path, name])}")
        if name not in order:
            for found in IMPORT.finditer(_read(f"{name}.js")):
                visit(_imported(name, found["path"]), (*path, name))
            order.append(name)

    visit(entry, ())
    return order


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name)


def _enclosed(name: str) -> str:
    """One module as `const module_x = (() => { ... return { its exports }; })();`."""
    text = _read(f"{name}.js")
    if name.endswith("/style"):  # its one constant is the style sheet of the component
        css = _read(f"{dirname(name)}/{name.split('/', 1)[0]}.css")
        css = css.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
        text = f"export const STYLE = `{css}`;\n"
    exported = [found["name"] for found in EXPORT.finditer(text)]

    def taken(found: re.Match[str]) -> str:
        return f"const {found['names'].replace(' as ', ': ')} = {_variable(_imported(name, found['path']))};"

    text = IMPORT.sub(taken, text)
    text = DEFAULT.sub("const entry = ", EXPORT.sub(lambda found: found["what"], text))
    if "const entry = " in text:
        exported.append("entry")
    return f"const {_variable(name)} = (() => {{\n{text}\nreturn {{ {', '.join(exported)} }};\n}})();\n"


@cache
def bundle(entry: str = STAGE) -> tuple[str, bytes]:
    """(identity, JavaScript) of a whole component: ``stage/web/main`` plays runs, ``stage/web/replay`` recorded values,
    ``stage/web/training`` a training, ``maps/web/main`` is the map."""
    names = modules(entry)
    parts = [_enclosed(name) for name in names]
    code = "\n".join([*parts, f"export default {_variable(names[-1])}.entry;\n"]).encode()
    return sha256(code).hexdigest()[:16], code
