"""A widget's value that a browser sends is read only if it is of the widget's kind. Streamlit takes it as it comes: a
number for a text, or JSON that is none, ends each run of that visit with an error, before any code of a page.
"""

from __future__ import annotations

import logging
from typing import Any

from streamlit.runtime.state.session_state import Serialized, Value, WStates

LONGEST = 64_000
"""Characters of a component's state at most; a stage sends a few thousand."""
MOST_DEPTH = 16
"""Brackets in brackets at most; a stage has four."""

_as_it_comes = WStates.__getitem__


def _if_it_fits(states: WStates, widget: str) -> Any:
    """The value of a widget; where the one that was sent does not fit, the one that it has if none is sent."""
    held, row = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(held, Serialized) or row is None:
        return _as_it_comes(states, widget)
    try:
        if held.value.WhichOneof("value") in (None, row.value_type) and _shallow(held.value.json_value):
            return _as_it_comes(states, widget)
    except Exception as fault:  # of whatever kind: the text is a stranger's
        logging.getLogger(__name__).warning("The value that was sent for %s cannot be read: %r", widget, fault)
    finally:
        states.set_widget_metadata(row)  # Streamlit takes the kind of a value for the widget's own
    states.states[widget] = Value(row.deserializer(None))
    return states[widget]


def _shallow(text: str) -> bool:
    """Is it short JSON that is not deep? Brackets in its texts count as brackets."""
    depth = 0
    for c in text if len(text) <= LONGEST else "":
        depth += (c in "[{") - (c in "]}")
        if depth > MOST_DEPTH:
            return False
    return len(text) <= LONGEST


def guard() -> None:
    """From now on; once or more often."""
    WStates.__getitem__ = _if_it_fits  # type: ignore[method-assign]
