"""What the server answers besides Streamlit's pages."""

from __future__ import annotations

from starlette.routing import BaseRoute

from lrviz.server import map_api, slider_api


def routes(base: str = "") -> list[BaseRoute]:
    """On a server whose pages lie below ``base``: "" or "/lab"."""
    return [slider_api.route(base), map_api.route(base)]
