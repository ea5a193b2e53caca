"""One HTML file with the player inside: it opens from disk, needs no server and no network, and asks nobody anything.

    <style>             the palette as the variables that Streamlit would set, light and dark by the reader's own choice
    #code, #message     the player's JavaScript and the packed message, each gzip in base64
    <script>            a dozen lines that unpack both (web/host.js)

A content security policy names the two scripts by their hashes and allows nothing else: no other code, no connection.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode, urlsplit

from lrviz.palette import PALETTES, Palette
from lrviz.stage.bundle import NEEDS, STAGE, bundle

FONT = '"Source Sans", "Source Sans 3", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif'
CODE_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'
EXPORT = re.compile(r"^export (default )?", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)$\n", re.MULTILINE)
HANDED = re.compile(r"export default (?P<entry>[\w.]+);\s*$")


def _read(name: str) -> str:
    return (files("lrviz.export") / "web" / name).read_text(encoding="utf-8")


@cache
def _player(module: str) -> str:
    """A player's code as a plain script, which leaves its entry on its own element."""
    code = bundle(module)[1].decode()
    entry = HANDED.search(code)
    if entry is None:
        raise RuntimeError("the bundle of the stage does not end in its entry")
    body = COMMENT.sub("", code[: entry.start()])
    return f'(() => {{\n"use strict";\n{body}\ndocument.currentScript.player = {entry["entry"]};\n}})();\n'


@cache
def _host() -> str:
    return COMMENT.sub("", EXPORT.sub("", _read("host.js"))) + (
        'open(document).catch(() => { document.getElementById("fault").hidden = false; });\n'
    )


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _variables(palette: Palette) -> str:
    """What Streamlit's theme would say."""
    named = {
        "--st-background-color": palette.paper,
        "--st-secondary-background-color": palette.panel,
        "--st-text-color": palette.ink,
        "--st-primary-color": palette.accent,
        "--st-font": FONT,
        "--st-code-font": CODE_FONT,
        "--soft": palette.soft,
        "--border": palette.border,
    }
    return " ".join(f"{name}: {value};" for name, value in named.items())


def _settings(params: Mapping[str, str], link: str) -> str:
    """What the runs were made from: each setting, and the link that opens them in the lab."""
    text = html.escape
    rows = "".join(f"<div><dt>{text(key)}</dt><dd>{text(value)}</dd></div>" for key, value in params.items())
    query = "?" + urlencode(params, safe=",:;")
    address = urlsplit(link)
    if address.scheme in ("http", "https") and address.netloc:
        whole = text(link.partition("?")[0] + (query if params else ""))
        where = f'<p>Open in the lab: <a href="{whole}" rel="noopener">{whole}</a></p>'
    else:
        where = f"<p>The same in the lab, behind its address: <code>{text(query)}</code></p>" if params else ""
    return (f"<dl>{rows}</dl>" if rows else "") + where


def page(
    message: bytes, *, title: str, params: Mapping[str, str] | None = None, link: str = "", player: str = STAGE
) -> str:
    """The file. ``message``: packed, with code left out; ``params``: the settings as a link has them; ``link``: where
    the lab is, if it is anywhere; ``player``: whose message it is, as `bundle` knows it."""
    code, host = _player(player), _host()
    policy = (
        f"default-src 'none'; script-src {_hash(host)} {_hash(code)}; style-src 'unsafe-inline'; img-src blob: data:"
    )
    light, dark = _variables(PALETTES["light"]), _variables(PALETTES["dark"])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="learning-rate lab">
<title>{html.escape(title)}</title>
<style>
:root {{ {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
{_read("page.css")}</style>
</head>
<body>
<main>
<h1>{html.escape(title)}</h1>
<div id="stage"></div>
<p class="fault" id="fault" hidden>{html.escape(NEEDS)}</p>
<noscript><p class="fault">The player is a script, and scripts are switched off here.</p></noscript>
<footer>
{_settings(params or {}, link)}
<p>Space plays, the arrow keys step, the wheel zooms. Made with the learning-rate lab; every number is the engine's
own.</p>
</footer>
</main>
<script type="application/octet-stream" id="code">{_packed(code.encode())}</script>
<script type="application/octet-stream" id="message">{_packed(message)}</script>
<script type="module">{host}</script>
</body>
</html>
"""
