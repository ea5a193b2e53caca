"""Streamlit's own files from memory: the same bytes and the same promises, packed; and the page that asks for them."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pytest
import streamlit
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from lrviz.server.assets import Assets
from lrviz.server.assets.modules import MARK, modules
from tests.asgi import ask

FOLDER = Path(streamlit.__file__).parent / "static"
BEGIN = FOLDER / "index.html"
STREAMLITS = create_streamlit_static_handler(str(FOLDER), None)
OURS = Assets(STREAMLITS, FOLDER)
MODULE = re.compile(r'(?:href|src)="\./(static/js/[^"]+)"')


def replace(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def opened(app: Assets) -> str:
    """The page that a browser gets."""
    _, headers, body = ask(app, "/", accept_encoding="gzip", accept="text/html")
    return (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode()


@pytest.mark.parametrize("kind", ["js", "css", "woff2", "png", "svg"])
def test_the_bytes_are_streamlits_and_so_are_the_promises(kind):
    for path in sorted(FOLDER.rglob(f"static/**/*.{kind}"))[:6]:
        url = f"/{path.relative_to(FOLDER).as_posix()}"
        status, headers, body = ask(OURS, url, accept_encoding="gzip, deflate")
        _, theirs, plain = ask(STREAMLITS, url)
        assert status == 200
        assert (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body) == plain
        assert int(headers["content-length"]) == len(body) <= len(plain)
        assert {name: headers[name] for name in ("content-type", "cache-control")} == {
            name: theirs[name] for name in ("content-type", "cache-control")
        }


def test_what_a_page_begins_with_is_few_answers_and_a_third_of_the_bytes():
    plain = MODULE.findall(BEGIN.read_text())
    ours = MODULE.findall(opened(OURS))
    assert len(plain) > 40 and len(ours) <= 10
    packed, unpacked = (
        sum(len(ask(app, f"/{url}", accept_encoding="gzip")[2]) for url in urls)
        for app, urls in ((OURS, set(ours)), (STREAMLITS, set(plain)))
    )
    assert packed < unpacked / 3, "though it has what Streamlit's page loads later"


@pytest.mark.parametrize("address", ["/", "/playground", "/no/such/page"])
def test_our_page_is_served_wherever_streamlit_answers_with_its_own(address):
    status, headers, body = ask(OURS, address, accept_encoding="gzip", accept="text/html,*/*", if_none_match='"old"')
    assert (status, headers["content-encoding"], headers["cache-control"]) == (200, "gzip", "no-cache")
    assert headers["content-type"].startswith("text/html") and int(headers["content-length"]) == len(body)
    assert gzip.decompress(body).decode() == opened(OURS)
    tags = re.compile(r"<(?:link|script|title|meta|noscript|div)\b[^>]*>")
    kept = [tag for tag in tags.findall(BEGIN.read_text()) if "modulepreload" not in tag]
    assert [tag for tag in kept if tag not in tags.findall(opened(OURS))] == [], "all else of Streamlit's page is there"


def test_what_is_no_page_is_streamlits_also_to_who_wants_html():
    for address in ("/favicon.png", "/manifest.json"):
        ours, theirs = (ask(app, address, accept_encoding="gzip", accept="text/html") for app in (OURS, STREAMLITS))
        assert ours == theirs


def test_below_a_base_path_all_is_there():
    app = Assets(STREAMLITS, FOLDER, "/lab")
    for url in MODULE.findall(opened(OURS)):
        assert ask(app, f"/lab/{url}", accept_encoding="gzip") == ask(OURS, f"/{url}", accept_encoding="gzip")


def test_a_module_that_comes_with_others_is_streamlits_but_for_addresses():
    together, announced = modules(FOLDER)
    assert len(together) > 90
    for file, code in together.items():
        theirs = (FOLDER / "static" / "js" / file).read_text()
        assert code.replace(f'"{MARK}{file}"', "import.meta.url").replace(MARK, "./") == theirs
        imported = re.findall(rf"{MARK}([\w.-]+\.js)", code)
        assert all((FOLDER / "static" / "js" / other).exists() for other in imported)
    assert not set(together) & set(announced)
    script = next(url for url in MODULE.findall(opened(OURS)) if "/lab." in url)
    text = gzip.decompress(ask(OURS, f"/{script}", accept_encoding="gzip")[2]).decode()
    assert all(json.dumps(code) in text for code in together.values())


@pytest.mark.parametrize("broken", ["manifest.json", "index.html", "import", "mark"])
def test_where_streamlits_build_is_another_its_page_stays_as_it_is(broken, tmp_path):
    folder = tmp_path / "static"
    shutil.copytree(FOLDER, folder, copy_function=os.symlink)
    streamlits = create_streamlit_static_handler(str(folder), None)
    assert opened(Assets(streamlits, folder)) == opened(OURS)
    small = next((folder / "static" / "js").glob("src.*.js"))
    match broken:
        case "manifest.json":
            (folder / broken).unlink()
        case "index.html":
            replace(folder / broken, "<html><body>Streamlit without modules</body></html>")
        case "import":
            replace(small, small.read_text() + 'import x from "../other.js";')
        case "mark":
            replace(small, small.read_text() + f'"{MARK}"')
    assert opened(Assets(streamlits, folder)) == (folder / "index.html").read_text()


def test_the_rest_is_left_to_streamlit():
    url = next(f"/{path.relative_to(FOLDER).as_posix()}" for path in FOLDER.rglob("static/js/*.js"))
    for path, request in (
        (url, {}),
        (url, {"accept_encoding": "br"}),
        (url, {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        (url, {"accept_encoding": "gzip", "method": "HEAD"}),
        ("/", {"accept_encoding": "gzip"}),
        ("/playground", {"accept_encoding": "gzip"}),
        ("/playground", {"accept": "text/html"}),
        ("/static/../index.html", {"accept_encoding": "gzip"}),
        ("/static/js/%2e%2e/%2e%2e/index.html", {"accept_encoding": "gzip"}),
        ("//etc/passwd", {"accept_encoding": "gzip"}),
        ("/static/js/no_such_file.js", {"accept_encoding": "gzip"}),
    ):
        ours, theirs = ask(OURS, path, **request), ask(STREAMLITS, path, **request)
        assert ours == theirs, path
        assert "content-encoding" not in ours[1]


def test_the_files_lie_below_the_servers_base_path():
    below = Assets(STREAMLITS, FOLDER, "/lab")
    path = next(FOLDER.rglob("static/css/*.css")).relative_to(FOLDER).as_posix()
    assert ask(below, f"/lab/{path}", accept_encoding="gzip") == ask(OURS, f"/{path}", accept_encoding="gzip")
    assert "content-encoding" not in ask(below, f"/{path}", accept_encoding="gzip")[1]
