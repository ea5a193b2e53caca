"""What a visitor downloads is there until it has come, however many others move their sliders meanwhile."""

from __future__ import annotations

import time
from pathlib import PurePosixPath

from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorage

FILE_STAYS = 30.0
"""Seconds after the click, in which a slow network asks for the file."""
BUTTON_STAYS = 10.0
"""Seconds after a page has drawn the button anew, in which the click on the old one arrives."""
MOST_BYTES = 50_000_000
"""Of the files that stay, all visits together; the oldest go first."""


def keep_downloads(runtime: Runtime) -> None:
    """From now on, on this server; before its first visitor."""
    runtime._media_file_mgr = Downloads(runtime.media_file_mgr._storage)


class Downloads(MediaFileManager):
    """The files of a server. Where a button's file is made at its click, Streamlit 1.67 deletes it when two more runs
    of anybody's page have ended, which in a class is before the file is asked for; and the click on a button that was
    drawn anew meanwhile finds nothing.
    """

    def __init__(self, storage: MediaFileStorage):
        super().__init__(storage)
        self._made: dict[str, tuple[float, int]] = {}  # file -> when, bytes; the last one last
        self._replaced: dict[str, float] = {}  # button -> since when no page has it

    def execute_deferred(self, file_id: str) -> str:
        """The file of this button, made. -> its address; raises ``MediaFileStorageError`` for an unknown button"""
        url = super().execute_deferred(file_id)
        made = PurePosixPath(url).stem
        file = self.read_file(made)
        with self._lock:
            self._made.pop(made, None)
            self._made[made] = (time.monotonic(), len(file.content) if file else 0)
        return url

    def _get_inactive_file_ids(self) -> set[str]:
        """Which files may go; the lock is held."""
        begin, room, stay = time.monotonic() - FILE_STAYS, MOST_BYTES, {}
        for name, (since, size) in reversed(self._made.items()):
            room -= size
            if since < begin or room < 0:
                break
            stay[name] = (since, size)
        self._made = dict(reversed(stay.items()))
        return super()._get_inactive_file_ids() - stay.keys()

    def _remove_orphaned_deferred_callables(self) -> None:
        """Forgets the buttons that no page has any more; the lock is held."""
        now = time.monotonic()
        shown = {name for page in self._files_by_session_and_coord.values() for name in page.values()}
        replaced = [name for name in self._deferred_callables if name not in shown]
        self._replaced = {name: self._replaced.get(name, now) for name in replaced}
        for name, since in self._replaced.items():
            if now - since >= BUTTON_STAYS:
                self._drop_deferred_id(name)
