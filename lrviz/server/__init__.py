"""The server around the pages: what it answers besides Streamlit's, and what it does while it runs."""

from lrviz.server.assets import Assets
from lrviz.server.lifespan import lifespan
from lrviz.server.slider_api import route
from lrviz.server.uploads import Uploads

__all__ = ["Assets", "Uploads", "lifespan", "route"]
