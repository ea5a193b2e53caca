"""What every page begins with: Streamlit's own files, in few answers, packed, and requested at once."""

from lrviz.server.assets.middleware import Assets

__all__ = ["Assets"]
