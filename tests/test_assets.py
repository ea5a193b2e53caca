"""Streamlit's own files from memory: the same bytes and the same promises, packed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import streamlit
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from lrviz.assets import Assets
from tests.asking import ask

FOLDER = Path(streamlit.__file__).parent / "static"
BEGIN = FOLDER / "index.html"
STREAMLITS = create_streamlit_static_handler(str(FOLDER), None)
OURS = Assets(STREAMLITS, FOLDER)


@pytest.mark.parametrize("kind", ["js", "css", "woff2", "png", "svg"])
def test_the_bytes_are_streamlits_and_so_are_the_promises(kind):
    for path in sorted(FOLDER.rglob(f"static/**/*.{kind}"))[:6]:
        url = f"/{path.relative_to(FOLDER).as_posix()}"
        status, told, body = ask(OURS, url, accept_encoding="gzip, deflate")
        _, theirs, plain = ask(STREAMLITS, url)
        assert status == 200
        assert (gzip.decompress(body) if told.get("content-encoding") == "gzip" else body) == plain
        assert int(told["content-length"]) == len(body) <= len(plain)
        assert {name: told[name] for name in ("content-type", "cache-control")} == {
            name: theirs[name] for name in ("content-type", "cache-control")
        }


def test_what_a_page_begins_with_is_a_third_of_the_bytes():
    urls = [word for word in BEGIN.read_text().replace('"./', '"/').split('"') if word.startswith("/static/js/")]
    assert len(urls) > 40
    packed, plain = (sum(len(ask(app, url, accept_encoding="gzip")[2]) for url in urls) for app in (OURS, STREAMLITS))
    assert packed < plain / 3


def test_the_rest_is_left_to_streamlit():
    url = next(f"/{path.relative_to(FOLDER).as_posix()}" for path in FOLDER.rglob("static/js/*.js"))
    for path, asked in (
        (url, {}),
        (url, {"accept_encoding": "br"}),
        (url, {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        (url, {"accept_encoding": "gzip", "method": "HEAD"}),
        ("/", {"accept_encoding": "gzip"}),
        ("/playground", {"accept_encoding": "gzip"}),
        ("/static/../index.html", {"accept_encoding": "gzip"}),
        ("/static/js/%2e%2e/%2e%2e/index.html", {"accept_encoding": "gzip"}),
        ("//etc/passwd", {"accept_encoding": "gzip"}),
        ("/static/js/no_such_file.js", {"accept_encoding": "gzip"}),
    ):
        ours, theirs = ask(OURS, path, **asked), ask(STREAMLITS, path, **asked)
        assert ours == theirs, path
        assert "content-encoding" not in ours[1]


def test_the_files_lie_below_the_servers_base_path():
    below = Assets(STREAMLITS, FOLDER, "/lab")
    path = next(FOLDER.rglob("static/css/*.css")).relative_to(FOLDER).as_posix()
    assert ask(below, f"/lab/{path}", accept_encoding="gzip") == ask(OURS, f"/{path}", accept_encoding="gzip")
    assert "content-encoding" not in ask(below, f"/{path}", accept_encoding="gzip")[1]
