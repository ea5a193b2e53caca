"""What a replay shows that its settings do not seem to say: each finding has an epoch, a sentence and a remedy."""

from __future__ import annotations

import numpy as np

from lrviz.replay.decisions import Decisions
from lrviz.replay.findings import counting, improvement, rates, training
from lrviz.replay.findings.case import Case, Finding, When
from lrviz.replay.result import Replay

FIRST_OF_ALL = (
    "relative_below_zero", "refused", "improvement_too_small", "best_beyond_beating", "batches", "lone_best",
    "patience_and_noise", "forgotten", "stopped_first", "eps", "patience_0", "cooldown", "by_a_hair", "no_cut", "floor",
    "mode", "float32_floor",
)  # fmt: skip
"""The kinds of findings, the most important first."""
__all__ = ["FIRST_OF_ALL", "Finding", "find", "most_important"]


@np.errstate(all="ignore")
def find(replay: Replay, framework: str, when: When | None = None, made: Decisions | None = None) -> list[Finding]:
    """All that there is to say of one framework's rule, by epoch; of one epoch the most important first.

    when: how an epoch, from 1, is named in the sentences, if not by its number. made: what the rule did, if not what
    the replay did.
    """
    case = Case(replay, framework, when or (lambda epoch: f"{replay.unit} {epoch}"), made)
    found = [
        finding
        for module in (improvement, counting, rates, training)
        for kind in module.KINDS
        for finding in kind(case)
    ]
    return sorted(found, key=lambda finding: (finding.epoch, FIRST_OF_ALL.index(finding.key)))


def most_important(replay: Replay, most: int = 6) -> list[tuple[tuple[str, ...], Finding]]:
    """The findings of all frameworks with the frameworks' keys: first one of each kind, then what others have of it."""
    whose: dict[Finding, list[str]] = {}
    for framework in replay.decisions:
        for finding in find(replay, framework):
            whose.setdefault(finding, []).append(framework)
    before: dict[str, int] = {}
    ranked = []
    for finding, frameworks in whose.items():
        again = before[finding.key] = before.get(finding.key, -1) + 1
        ranked.append((again, FIRST_OF_ALL.index(finding.key), tuple(frameworks), finding))
    ranked.sort(key=lambda row: row[:2])
    return [(frameworks, finding) for _, _, frameworks, finding in ranked[:most]]
