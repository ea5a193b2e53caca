"""A replay in words: findings with remedies, the what-if map, and the code."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz.figures.replay import grid_figure
from lrviz.knob import digits
from lrviz.replay import code, report
from lrviz.replay.findings import most_important
from lrviz.replay.grid import grid
from lrviz.replay.rules import RULES
from lrviz.ui.frame import chart, theme
from lrviz.ui.replay.state import ReplayState, current
from lrviz.ui.terms import say, say_below
from lrviz.ui.widgets import opened
from lrviz.ui.words import plain

BESIDE = 5
"""Epochs before and after the one that is looked at, in the table."""


def findings(own: ReplayState) -> None:
    """What the settings do that they do not seem to do, with remedies; a click shows the epoch. And what happened."""
    replay = own.replay
    found = most_important(replay)
    if found:
        st.markdown("**What to look at**")
    with st.container(key="story", gap="small"):
        for place, (frameworks, finding) in enumerate(found):
            names = ", ".join(RULES[framework].name for framework in frameworks)
            st.button(
                f"**{names}, {replay.unit} {finding.epoch}:** {plain(finding.sentence)} *{plain(finding.remedy)}*",
                key=f"replay_finding_{place}", type="tertiary", icon=":material/my_location:", on_click=_look_at,
                args=(finding.epoch,),
            )  # fmt: skip
        say_below(*(f"{finding.sentence} {finding.remedy}" for _, finding in found))
    say(plain(" ".join(report.story(replay))))


def _look_at(epoch: int) -> None:
    current().jump(epoch)


def _tabs(own: ReplayState, key: str) -> Iterator[tuple[str, DeltaGenerator]]:
    """A tab for each framework; the one that is open."""
    frameworks = list(own.replay.decisions)
    tabs = st.tabs(
        [RULES[framework].name for framework in frameworks], key=f"{key}_{len(frameworks)}", on_change="rerun"
    )
    for framework, tab in zip(frameworks, tabs, strict=True):
        if tab.open:
            yield framework, tab


def epoch_by_epoch(own: ReplayState) -> None:
    """The numbers around the cursor, and all of them as a file."""
    place = opened("Epoch by epoch", "replay_table", ":material/table_rows:")
    if place is None:
        return
    with place:
        # Above the table: below it, it moves while the fold opens, and a click then may miss it.
        st.download_button(
            "All epochs as CSV", lambda: report.as_csv(own.replay), file_name="replay.csv", mime="text/csv",
            key="replay_csv", on_click="ignore",
        )  # fmt: skip
        for framework, tab in _tabs(own, "replay_table_tabs"):
            with tab:
                with st.container(key="replay_rows"):
                    st.markdown(_table(own, framework))
                st.caption(f"In bold: the {own.replay.unit} of the cursor, and the rate after a cut.")


def _table(own: ReplayState, framework: str) -> str:
    """The epochs around the cursor; the last two columns are out of sight on a phone (`frame.STYLE`)."""
    replay, at = own.replay, own.at
    made = replay.decisions[framework]
    rows = [
        f"| {replay.unit.capitalize()} | Value | To beat | Wait | Rate | Best | Cooldown |",
        "| --: | --: | --: | --: | --: | --: | --: |",
    ]
    for k in range(max(at - BESIDE, 0), min(at + BESIDE + 1, len(made.cut))):
        value, bar, best = (
            plain(digits(float(one), 4)) for one in (replay.history.values[k], made.threshold[k], made.best[k])
        )
        epoch = f"**{k + 1}**" if k == at else str(k + 1)
        rate = plain(digits(float(made.learning_rate[k])))
        rate = f"**{rate}**" if made.cut[k] else rate
        rows.append(f"| {epoch} | {value} | {bar} | {made.wait[k]} | {rate} | {best} | {made.cooldown[k]} |")
    return "\n".join(rows)


def what_if_map(own: ReplayState) -> None:
    """How many cuts, and when the first, under other patiences and tolerances."""
    place = opened("What if patience and min_delta were others?", "replay_what_if", ":material/grid_on:")
    if place is None:
        return
    with place:
        for framework, tab in _tabs(own, "replay_what_if_tabs"):
            with tab:
                made = grid(own.replay, framework)
                st.caption(
                    f"Number of cuts, and after which {own.replay.unit} the first, by {RULES[framework].name}'s rule."
                    " The frame is at the present settings. Past the first cut the losses would have been others."
                )
                alt = f"Cuts over patience and {made.tolerance}; {report.first_cut(own.replay, framework)} now."
                chart(grid_figure(made, theme()), f"replay_grid_{framework}", alt)


def replay_code(own: ReplayState) -> None:
    """The settings as lines to paste, and a program that replays the numbers in the real framework."""
    place = opened("Your code", "replay_code", ":material/code:")
    if place is None:
        return
    with place:
        for framework, tab in _tabs(own, "replay_code_tabs"):
            with tab:
                st.markdown("**For your training script**")
                st.code(code.lines(own.replay, framework), language="python", wrap_lines=True)
                st.markdown(f"**The same numbers in the real {RULES[framework].name}**")
                written = code.program(own.replay, framework)
                st.code(written, language="python", wrap_lines=True)
                st.download_button(
                    "Download the program", written, file_name=f"replay_{framework}.py", mime="text/x-python",
                    key=f"replay_download_{framework}", on_click="ignore",
                )  # fmt: skip
