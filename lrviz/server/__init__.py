"""The server around the pages: what it answers besides Streamlit's, and what it does while it runs."""

from lrviz.server.assets import Assets
from lrviz.server.lifespan import lifespan
from lrviz.server.routes import routes
from lrviz.server.uploads import Uploads

__all__ = ["Assets", "Uploads", "lifespan", "routes"]
