"""What stands between a visitor and the app where it is hosted: nginx; Community Cloud's outer page."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.conftest import ROOT
from tests.installed import lacking

OUTER = Path(__file__).parent / "outer"
WHOLE = """
daemon off; pid {folder}/pid; worker_processes 1; {user}
events {{}}
http {{
  types {{ text/html html; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  log_format requests '$status $upstream_addr $request_uri'; access_log {folder}/requests.log requests;
  {site}
}}
"""
CLOUD = """
server {{
  listen {cloud};
  location ^~ "/~/+/" {{
    proxy_pass {app}/; proxy_http_version 1.1; proxy_read_timeout 1d; proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
  }}
  location / {{ root {outer}; try_files /outer.html =404; }}
}}
server {{ listen {course}; root {outer}; }}
map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
"""


def program() -> str:
    """Where nginx is; a machine without it skips the test and says so, but not CI."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        lacking("nginx was not found (Debian: nginx-light): the tests of hosting were NOT run")
    return found


def free_places(number: int) -> list[str]:
    """As many addresses on loopback that nobody listens at."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    places = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return places


@contextmanager
def nginx(site: str, listens: str, folder: Path) -> Iterator[Path]:
    """nginx with this site, until it listens there; -> its log of who answered what: status, server, address."""
    user = "user root;" if os.getuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(WHOLE.format(folder=folder, site=site, user=user))
    host, port = listens.split(":")
    with subprocess.Popen([program(), "-c", config, "-p", folder, "-e", folder / "error.log"]) as running:
        try:
            for _ in range(200):
                try:
                    socket.create_connection((host, int(port)), 1).close()
                    break
                except OSError:
                    assert running.poll() is None, (folder / "error.log").read_text()
                    time.sleep(0.05)
            yield folder / "requests.log"
        finally:
            running.terminate()
            running.wait(20)


@contextmanager
def replicas(urls: Sequence[str], folder: Path) -> Iterator[tuple[str, Path]]:
    """The site of ``deploy/nginx.conf``, with these servers in the place of its two; -> its address and its log."""
    site, (place,) = (ROOT / "deploy" / "nginx.conf").read_text(), free_places(1)
    for written, url in zip(re.findall(r"server (127\.0\.0\.1:\d+);", site), urls, strict=True):
        site = site.replace(written, urlsplit(url).netloc)
    with nginx(site.replace("listen 80;", f"listen {place};"), place, folder) as log:
        yield f"http://{place}", log


@contextmanager
def community_cloud(app: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The app as Community Cloud shows it: a page of its own at each address, and in it, in a frame with a sandbox, the
    app below ``/~/+``, which the proxy takes away. -> the addresses of this and of a page elsewhere, ``/course.html``.

    Source: the frame of an app on streamlit.app, and what Streamlit's page sends to its host (``stCommVersion`` 1).
    """
    cloud, course = free_places(2)
    with nginx(CLOUD.format(cloud=cloud, course=course, app=app, outer=OUTER), cloud, folder):
        yield f"http://{cloud}", f"http://{course}"
