"""Streamlit's ES modules in few answers: the small ones together, the large ones announced in the page.

A page begins with sixty modules, and a browser has six connections to a server: ten round trips, and two more for what
is requested only when it is needed. So the small ones come in one file. Each stays a module of its own, with its own
scope and its live bindings: `modules.js` makes an address that holds its code, and an import map that leads there. The
large ones stay files, which a browser keeps compiled.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

NEEDED = (
    "index", "BidiComponent", "Button", "ButtonGroup", "Checkbox", "DownloadButton", "Html", "LinkButton",
    "Multiselect", "NumberInput", "PageLink", "Progress", "Selectbox", "Slider", "TextArea", "TextInput",
)  # fmt: skip
"""Names in Streamlit's manifest: its page, the stage's frame, and what else pages of the lab show without a click."""

LARGE = 50_000
"""Bytes of code, unpacked. Above it are five of the sixty, two thirds of all bytes; with the file of those that come
together they are six, as many as a browser's connections. And four that the stage and the widgets need."""

MARK = "@lab/"
"""In the code of a module that comes with others: the folder of all modules, which only the browser knows."""

IMPORT = re.compile(r"""(?P<how>\bfrom\s*|\bimport\s*\(?\s*)(?P<quote>["'`])\./(?P<file>[\w.-]+\.js)(?P=quote)""")
LEFT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'`]\.""")


class Modules(NamedTuple):
    """together: {file name: code} of the small ones. announced: the file names of the large ones."""

    together: dict[str, str]
    announced: list[str]


def modules(folder: Path) -> Modules:
    """Of Streamlit's build in ``folder``. Nothing at all where it is not as expected: then its pages stay as they are.

    Source: https://vite.dev/guide/backend-integration
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        keys = {part["name"]: key for key, part in manifest.items() if "name" in part}
        files = _needed(manifest, [keys[name] for name in NEEDED])
        code = {path.name: path.read_text(encoding="utf-8") for path in (folder / file for file in files)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Modules({}, [])
    together = {file: anywhere(file, text) for file, text in sorted(code.items()) if len(text) < LARGE}
    if any(LEFT.search(text) for text in together.values()) or any(MARK in text for text in code.values()):
        return Modules({}, [])
    return Modules(together, [file for file in code if file not in together])


def _needed(manifest: Any, ahead: list[str]) -> list[str]:
    """The files of these parts of the manifest and of all that they import, the nearest first."""
    files: list[str] = []
    while ahead:
        part = manifest[ahead.pop(0)]
        if part["file"] not in files:
            files.append(part["file"])
            ahead += part.get("imports", [])
    return files


def anywhere(file: str, code: str) -> str:
    """The module with the whole address of each other one and of itself, so that it may stand anywhere."""
    return IMPORT.sub(rf"\g<how>\g<quote>{MARK}\g<file>\g<quote>", code).replace("import.meta.url", f'"{MARK}{file}"')
