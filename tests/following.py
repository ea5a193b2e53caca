"""A page without a browser: somebody must ask for what follows the stage."""

from streamlit.testing.v1 import AppTest


def followed(at: AppTest) -> AppTest:
    """The page as it is when the stage's browser has said that its picture stands."""
    return at.run() if at.session_state["lab"].owing else at
