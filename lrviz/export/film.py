"""The run as an animated GIF: the background is drawn once, what moves comes over it, a frame holds what changed."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
from PIL import GifImagePlugin, Image

from lrviz.export.canvas import Canvas, mixed
from lrviz.export.choices import DELAY, SIZES, USUAL_FRAMES, PanelName, TrainingPanel
from lrviz.export.pictures import picture_of
from lrviz.palette import Theme

COLOURS = 127
"""In the whole film, beside the one that stands for what did not change."""
LAST = 2000
"""Milliseconds of the last one."""
UNCHANGED = COLOURS
TABLE = 128
"""Places in the colour table, a power of two."""


def gif(
    message: bytes,
    *,
    panel: PanelName | TrainingPanel = "all",
    theme: Theme = "light",
    size: tuple[int, int] = SIZES["gif"],
    frames: int = USUAL_FRAMES,
    progress: Callable[[float], None] = lambda part: None,
) -> bytes:
    """``progress`` is called after each frame with the part that is done."""
    picture = picture_of(message, panel, theme, size)
    canvas = picture.canvas
    for artist in canvas.moving:
        artist.set_animated(True)
    canvas.redraw()
    background = canvas.agg.copy_from_bbox(canvas.figure.bbox)

    def seen(cursor: float) -> np.ndarray:
        picture.at(cursor)
        canvas.over(background)
        return canvas.pixels()[..., :3]

    tones = _Tones(_colours(np.concatenate([seen(picture.n * part).copy() for part in (0, 0.5, 1)]), canvas))
    film = io.BytesIO()
    film.write(_header(size, tones.table))
    before = np.full(size[::-1], UNCHANGED, np.uint8)
    shown = np.zeros(size[::-1], np.int32) - 1
    for i, cursor in enumerate(np.linspace(0, picture.n, frames)):
        pixels = seen(float(cursor)).astype(np.int32)
        codes = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
        changed = codes != shown
        now = before.copy()
        now[changed] = tones.of(codes[changed])
        film.write(_frame(before, now, DELAY if i < frames - 1 else LAST))
        before, shown = now, codes
        progress((i + 1) / frames)
    film.write(b";")
    return film.getvalue()


def _colours(sample: np.ndarray, canvas: Canvas) -> np.ndarray:
    """The palette's own colours exactly, the others as the sample has them.   -> (COLOURS, 3)"""
    p = canvas.palette
    own = [p.paper, p.ink, p.soft, p.grid, p.accent, p.line, p.fifth, p.low, p.high, *p.runs]
    faint = [[mixed(behind, run, part) for behind in (p.paper, p.high) for part in (0.34, 0.67)] for run in p.runs]
    exact = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in own])
    exact = np.concatenate([exact, np.round(np.reshape(faint, (-1, 3)) * 255).astype(int)])
    rest = COLOURS - len(exact)
    few = Image.fromarray(np.ascontiguousarray(sample[::2, ::2])).quantize(rest, Image.Quantize.MEDIANCUT)
    found = np.array(few.getpalette(), int).reshape(-1, 3)[:rest]
    return np.concatenate([exact, found, np.zeros((rest - len(found), 3), int)])


class _Tones:
    """The film's colours, and which of them is nearest to any; each is searched once."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table
        self.known = np.full(1 << 24, UNCHANGED, np.uint8)

    def of(self, codes: np.ndarray) -> np.ndarray:
        """Colours as one number each -> places in the table."""
        found = self.known[codes]
        new = np.unique(codes[found == UNCHANGED])
        for part in np.array_split(new, max(1, len(new) // 4096)):
            rgb = np.stack([part >> 16, part >> 8 & 255, part & 255], axis=-1)
            away = ((rgb[:, None] - self.table) ** 2 * [2, 4, 3]).sum(axis=-1)
            self.known[part] = away.argmin(axis=1)
        return self.known[codes] if len(new) else found


def _header(size: tuple[int, int], table: np.ndarray) -> bytes:
    """The screen, the colours of the whole film, and that it begins anew for ever."""
    colours = np.zeros((TABLE, 3), np.uint8)
    colours[: len(table)] = table
    screen = struct.pack("<6sHHBBB", b"GIF89a", *size, 0xF0 | (TABLE.bit_length() - 2), 0, 0)
    return screen + colours.tobytes() + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _frame(before: np.ndarray, now: np.ndarray, milliseconds: int) -> bytes:
    """The smallest rectangle around what changed; in it, what did not change shows what is there."""
    fresh = now != before
    rows, columns = np.flatnonzero(fresh.any(axis=1)), np.flatnonzero(fresh.any(axis=0))
    top, bottom = (rows[0], rows[-1] + 1) if len(rows) else (0, 1)
    left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, 1)
    part = (slice(top, bottom), slice(left, right))
    image = Image.fromarray(np.where(fresh[part], now[part], UNCHANGED).astype(np.uint8), "P")
    blocks = GifImagePlugin.getdata(
        image, (int(left), int(top)), duration=milliseconds, transparency=UNCHANGED, disposal=1
    )
    return b"".join(blocks)
