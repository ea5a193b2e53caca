"""The stage: runs that play on a landscape, with sliders that answer within a frame.

    visitor = stage.read("lab")                      # what the visitor did since the last run: before simulating
    stage.show([Run("Adam", trajectory, 0)], landscape, key="lab", start=scenario.start, live=[...])

How the two sides talk. Everything to the browser is one message (pack.py). Everything back is read in one place
(incoming.py), for anyone can send anything. It is a *state* value of the component, never a trigger: Streamlit merges
reruns that come quickly, and a merged state value is the latest one, where a trigger may be lost. Each value carries a
sequence number; `read` hands out what has another one than before and `show` echoes the number, so the browser knows
which answer belongs to which question and drops an older one. Code, landscape, runs and families are sent once and
remembered in the browser; where it lacks one (a message was overtaken by the next) it asks, and it is sent again. The
sliders of the page around the stage are Streamlit's; once the pointer hovers over one the browser fetches its family
too, from an HTTP endpoint (`Endpoint`), and reads off the slider which of its runs to show. Where the runs of a stop
are not here yet it fetches these alone, for the stage's own sliders too. Where the rest of the page waits for a
picture (`stale`), the browser says when it is drawn.
"""

from typing import TYPE_CHECKING, Any

from lrviz.stage.family import pack_families, pack_family
from lrviz.stage.landscape import Landscape
from lrviz.stage.message import Live, Profile, Run, Trajectory, Zone, compose

if TYPE_CHECKING:
    from lrviz.stage.host import Endpoint, StageResult, read, show, show_recorded, show_trained

__all__ = [
    "Endpoint",
    "Landscape",
    "Live",
    "Profile",
    "Run",
    "StageResult",
    "Trajectory",
    "Zone",
    "compose",
    "pack_families",
    "pack_family",
    "read",
    "show",
    "show_recorded",
    "show_trained",
]


def __getattr__(name: str) -> Any:
    """What needs Streamlit, when a page asks for it: exports need the message alone."""
    if name not in ("Endpoint", "StageResult", "read", "show", "show_recorded", "show_trained"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lrviz.stage import host  # noqa: PLC0415  a command line has no use for Streamlit

    return getattr(host, name)
