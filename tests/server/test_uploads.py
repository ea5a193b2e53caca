"""Uploads where a site has two servers."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse

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
def test_the_next_server_is_asked_where_this_one_does_not_show_the_page(path, status, answered):
    app = Uploads(PlainTextResponse("", status))
    assert ask(app, path, "PUT")[0] == answered
