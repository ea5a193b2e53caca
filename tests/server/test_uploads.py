"""Uploads where a site has two servers, and those that no page takes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from lrviz.server import uploads
from lrviz.server.uploads import Uploads
from tests.asgi import ask


@pytest.mark.parametrize(
    ("path", "status", "answered"),
    [
        ("/_stcore/upload_file/visit/file", 400, 404),
        ("/lab/_stcore/upload_file/visit/file", 204, 204),
        ("/lab/_stcore/upload_file/visit/file", 413, 413),
        ("/lab/lab/runs", 400, 400),
    ],
)
def test_the_next_server_is_tried_where_this_one_does_not_show_the_page(path, status, answered):
    app = Uploads(PlainTextResponse("", status))
    assert ask(app, path, "PUT")[0] == answered


def test_of_a_visit_its_last_file_is_held_and_of_all_so_many_bytes(monkeypatch):
    files = MemoryUploadedFileManager("")
    monkeypatch.setattr(uploads, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: held))
    monkeypatch.setattr(uploads, "MOST_BYTES", 50)
    held = SimpleNamespace(uploaded_file_mgr=files)

    async def store(scope, receive, send):
        visit, file = scope["path"].split("/")[-2:]
        files.add_file(visit, UploadedFileRec(file, "a.csv", "text/csv", 20 * b"1"))
        await PlainTextResponse("", 204)(scope, receive, send)

    app = Uploads(store)
    for path in ("one/a", "one/b", "two/a", "one/c"):
        ask(app, f"/_stcore/upload_file/{path}", "PUT")
    assert {visit: list(its) for visit, its in files.file_storage.items()} == {"one": ["c"], "two": ["a"]}
    ask(app, "/_stcore/upload_file/three/a", "PUT")
    assert {visit: list(its) for visit, its in files.file_storage.items()} == {"one": ["c"], "three": ["a"]}
