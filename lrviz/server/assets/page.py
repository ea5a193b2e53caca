"""index.html as the lab serves it: Streamlit's own, with what asks for everything at once."""

from __future__ import annotations

import re
from pathlib import Path

PRELOAD = re.compile(r'[ \t]*<link rel="modulepreload" crossorigin href="\./static/js/[\w.-]+">\n')
MODULE = re.compile(r'[ \t]*<script type="module" crossorigin src="\./static/js/[\w.-]+"></script>\n')
HEAD = re.compile(r'<meta charset="UTF-8" ?/?>\n', re.IGNORECASE)
BEGIN = Path(__file__).with_name("begin.js")
BEFORE_THE_SOCKET = ("_stcore/health", "_stcore/host-config")
"""What Streamlit's page asks for before it opens its socket."""


def page(html: str, script: str, announced: list[str]) -> str:
    """``html`` with `begin.js`, the address of the ``script`` with the small modules, and ``announced``, the names of
    those that are files. As it is where it is not as expected.
    """
    head, module = HEAD.search(html), MODULE.search(html)
    if not head or not module or not announced:
        return html
    fetched = [f'<link rel="preload" as="fetch" crossorigin href="./{way}">' for way in BEFORE_THE_SOCKET]
    others = [file for file in announced if f"/{file}" not in module[0]]
    files = [f'<link rel="modulepreload" crossorigin href="./static/js/{file}">' for file in others]
    inline = f"<script>\n{BEGIN.read_text(encoding='utf-8')}</script>"
    ours = "\n".join([inline, f'<script src="./{script}"></script>', module[0].strip(), *files, *fetched])
    rest = PRELOAD.sub("", MODULE.sub("", html[head.end() :]))
    return f"{html[: head.end()]}{ours}\n{rest}"
