"""Runs to take away: one HTML file with the player inside, pictures, an animated GIF.

    html.page(message, title=..., params=...)      the player, in one file that needs no server and no network
    pictures.draw(message, "png", panel="all")     what the stage shows, drawn without a browser
    film.gif(message, panel="all", frames=200)     the run as it plays
    render_queue.RenderQueue                       long ones, in processes of low priority, a few at a time

All are made from one packed message, the one that the stage plays (`lrviz.play.message`). Pictures and film need
neither JAX nor Streamlit, so they are drawn in a small process of their own; matplotlib is loaded when one is drawn.
"""
