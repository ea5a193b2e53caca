"""A film of the run."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
from PIL import Image

from lrviz.export import film, pictures


def test_a_film_has_its_frames_few_colours_and_ends_as_the_picture(message):
    parts: list[float] = []
    content = film.gif(message, panel="landscape", theme="light", size=(400, 250), frames=24, progress=parts.append)
    assert parts == sorted(parts) and parts[-1] == 1 and len(content) < 500_000
    with Image.open(io.BytesIO(content)) as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((400, 250), 24, 0)
        shown = []
        for i in range(gif.n_frames):
            gif.seek(i)
            shown.append(np.array(gif.convert("RGB"), int))
            assert gif.info["duration"] == (film.LAST if i == 23 else film.DELAY)
    assert len(np.unique(np.concatenate(shown) @ [1 << 16, 1 << 8, 1])) <= film.COLOURS
    assert all((a != b).any() for a, b in pairwise(shown))
    drawn = pictures.draw(message, "png", panel="landscape", size=(400, 250))
    last = np.array(Image.open(io.BytesIO(drawn)).convert("RGB"), int)
    assert np.abs(shown[-1] - last).mean() < 3, "what did not change was kept right through all frames"
