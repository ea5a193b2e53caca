"""A file that a button makes at its click is there until it has been fetched."""

from __future__ import annotations

import pytest
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from lrviz.server import downloads
from lrviz.server.downloads import BUTTON_STAYS, FILE_STAYS, Downloads


@pytest.fixture
def now(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(downloads.time, "monotonic", lambda: clock[0])
    return clock


@pytest.fixture
def files(now):
    return Downloads(MemoryMediaFileStorage("/media"))


def button(files: Downloads, content: bytes = b"1", name: str = "run.csv", place: str = "0") -> str:
    return files.add_deferred(lambda: content, "text/csv", place, name)


def there(files: Downloads, url: str) -> bool:
    return files.read_file(url.rpartition("/")[2]) is not None


def others_move_their_sliders(files: Downloads) -> None:
    for _ in range(3):
        files.remove_orphaned_files()


def test_the_file_stays_while_others_move_their_sliders_and_then_goes(files, now):
    url = files.execute_deferred(button(files))
    others_move_their_sliders(files)
    assert there(files, url)
    now[0] += FILE_STAYS / 2
    assert files.execute_deferred(button(files)) == url, "the same file, once more"
    now[0] += FILE_STAYS - 1
    others_move_their_sliders(files)
    assert there(files, url)
    now[0] += 2
    others_move_their_sliders(files)
    assert not there(files, url)


def test_a_click_on_a_button_that_was_drawn_anew_gives_its_file(files, now):
    old = button(files)
    new = button(files)  # the page ran again: another button in the same place
    others_move_their_sliders(files)
    assert there(files, files.execute_deferred(old))
    now[0] += BUTTON_STAYS + 1
    others_move_their_sliders(files)
    with pytest.raises(MediaFileStorageError):
        files.execute_deferred(old)
    assert there(files, files.execute_deferred(new)), "this one is on the page"
    files.clear_session_refs()  # the visitor has left
    others_move_their_sliders(files)
    now[0] += BUTTON_STAYS + 1
    others_move_their_sliders(files)
    with pytest.raises(MediaFileStorageError):
        files.execute_deferred(new)


def test_who_downloads_again_and_again_holds_no_more_than_so_much(files, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_BYTES", 50)
    urls = [files.execute_deferred(button(files, 20 * b"1", f"{i}.csv")) for i in range(5)]
    others_move_their_sliders(files)
    assert [there(files, url) for url in urls] == [False, False, False, True, True]
