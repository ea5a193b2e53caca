"""The address that a visitor sends on opens the page for others, wherever the app is hosted."""

from types import SimpleNamespace

import pytest

from lrviz.ui import address


@pytest.mark.parametrize(
    ("shown", "here", "playground"),
    [
        ("http://localhost:8501", "http://localhost:8501/", "http://localhost:8501/playground?alpha=0.1"),
        ("https://a.org/class", "https://a.org/class", "https://a.org/playground?alpha=0.1"),
        ("https://a.org/lab/x/class", "https://a.org/lab/x/class", "https://a.org/lab/x/playground?alpha=0.1"),
        ("https://a.streamlit.app/~/+", "https://a.streamlit.app/", "https://a.streamlit.app/playground?alpha=0.1"),
        ("https://a.org/~/+/class", "https://a.org/class", "https://a.org/playground?alpha=0.1"),
        ("https://a.org/b/~/+/class", "https://a.org/b/~/+/class", "https://a.org/b/~/+/playground?alpha=0.1"),
    ],
)
def test_the_address_of_a_page(monkeypatch, shown, here, playground):
    monkeypatch.setattr(address.st, "context", SimpleNamespace(url=shown))
    assert address.here() == here
    assert address.address({"alpha": "0.1"}, "playground") == playground
    assert address.address({"alpha": "0.1"}) == f"{here}?alpha=0.1"


@pytest.mark.parametrize("url", [None, "", "http://[", "http://[::1", "javascript:1"])
def test_before_the_browser_has_sent_it_or_where_it_sends_none(monkeypatch, url):
    monkeypatch.setattr(address.st, "context", SimpleNamespace(url=url))
    assert address.here() == ""
    assert address.address({}, "playground") == "http://localhost:8501/playground"
