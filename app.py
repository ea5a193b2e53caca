"""The server: what it answers besides Streamlit's pages, and where their main script is."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lrviz import memory, server
from pages.frame import frame

if __name__ == "__main__":  # a host that only runs scripts, and knows no `st.App`
    frame()
else:  # imported by `streamlit run`
    memory.limit_arenas()
    base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    assets = Middleware(server.Assets, folder=Path(st.__file__).parent / "static", base=base)
    middleware = [assets, Middleware(server.Uploads)]
    app = st.App("pages/frame.py", routes=server.routes(base), middleware=middleware, lifespan=server.lifespan)
