"""Several runs or trainings side by side: each has its own and shares the rest with the first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypeVar

from lrviz.knob import BadInput, find
from lrviz.optimizers import ALIASES, OPTIMIZERS
from lrviz.tuned import Tuned

T = TypeVar("T", bound=Tuned)
Own = Mapping[str, str]
"""What one does not share with the first: names and knobs as a link has them."""
MOST_PARAMS = 60
"""Of a link, and of what one of several has of its own."""


@dataclass(frozen=True)
class Sharing(Generic[T]):
    """``first``: the one whose names and knobs the others share; ``others``: what each of them has of its own.

    most: so many at most. noun: what one of them is called. earliest: names and knobs that decide which others there
    are, so that a link's are read before all else. Raises ``BadInput``.
    """

    most: ClassVar[int]
    noun: ClassVar[str]
    earliest: ClassVar[tuple[str, ...]]
    first: T
    others: tuple[Own, ...] = ()

    def __post_init__(self) -> None:
        if len(self.others) >= self.most:
            raise BadInput(f"A race has at most {self.most} {self.noun}s.")

    @classmethod
    @abstractmethod
    def one(cls, first: T, own: Own) -> T:
        """The one that has this of its own behind this first one. Raises ``BadInput``."""

    @classmethod
    def sets(cls, first: T, good: Own, key: str, text: str) -> dict[str, str]:
        """What a part of a link sets. good: what is set already. Raises ``BadInput``."""
        return {key: text}

    @cached_property
    def all(self) -> list[T]:
        """Each as it is, the first one first."""
        return [self.first, *(self.one(self.first, own) for own in self.others)]

    def add(self, own: Own) -> Self:
        """One more; raises ``BadInput`` if it is not allowed or one too many."""
        self.one(self.first, own)
        return replace(self, others=(*self.others, dict(own)))

    def remove(self, place: int) -> Self:
        """Without this one (1 is the first that can go: the others share with 0)."""
        return replace(self, others=tuple(own for i, own in enumerate(self.others, start=1) if i != place))

    def own(self, place: int, **changes: str | None) -> Self:
        """With these of its own; ``None`` shares it with the first again. Raises ``BadInput``."""
        if not 1 <= place <= len(self.others):
            raise BadInput(f"There is no {self.noun} {place + 1}.")
        allowed = {key: value for key, value in {**self.others[place - 1], **changes}.items() if value is not None}
        self.one(self.first, allowed)
        return replace(self, others=tuple(allowed if i == place else own for i, own in enumerate(self.others, start=1)))

    def leading(self, first: T) -> Self:
        """The same behind another first one; what one can no longer have is dropped."""
        return replace(self, first=first, others=tuple(self.allowed(first, own)[0] for own in self.others))

    def having(self, **changes: Any) -> Self:
        """Behind a first one with other names or knobs."""
        return self.leading(self.first.having(**changes))  # type: ignore[attr-defined]

    @classmethod
    def allowed(cls, first: T, own: Own) -> tuple[Own, list[str]]:
        """Of this, what is allowed behind this first one, and a sentence for each part that is not."""
        good: dict[str, str] = {}
        sentences = []
        for key in cls.in_order(own):
            try:
                its = cls.sets(first, good, key, own[key])
                cls.one(first, {**good, **its})
                good |= its
            except BadInput as wrong:
                sentences.append(str(wrong))
        return good, sentences

    # Links ------------------------------------------------------------------------------------------------------------

    @classmethod
    def names_of_others(cls) -> list[str]:
        """Their parameters."""
        return [f"run{place}" for place in range(2, cls.most + 1)]

    def params_of_others(self) -> dict[str, str]:
        """``run2=optimizer:adam;alpha:0.01``."""
        return {
            name: ";".join(f"{key}:{value}" for key, value in own.items())
            for name, own in zip(self.names_of_others(), self.others, strict=False)
        }

    @classmethod
    def read_others(cls, first: T, texts: Mapping[str, str]) -> tuple[tuple[Own, ...], list[str]]:
        """Parameter -> what it says; and a sentence for each thing that is wrong."""
        others, sentences = [], []
        for name, text in texts.items():
            pairs = [pair.partition(":") for pair in text.split(";") if pair]
            own, unfit = cls.allowed(first, {key.strip(): value for key, _, value in pairs[:MOST_PARAMS]})
            others.append(own)
            sentences += [f"{name}: {sentence}" for sentence in unfit]
        return tuple(others), sentences

    @classmethod
    def in_order(cls, keys: Iterable[str]) -> list[str]:
        """The earliest first."""
        keys = list(keys)
        return [*(key for key in cls.earliest if key in keys), *(key for key in keys if key not in cls.earliest)]

    @classmethod
    def read_params(cls, params: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """As many parameters as there may be, in their order, and a sentence where there are more."""
        more = len(params) - MOST_PARAMS
        sentences = [f"A link has at most {MOST_PARAMS} parameters; {more} were left out."] if more > 0 else []
        return {key: params[key] for key in cls.in_order(params)[:MOST_PARAMS]}, sentences


def ruled(first: Tuned, own: Own) -> dict[str, str]:
    """The same with a framework that has its optimizer, where the first one's does not."""
    changes = dict(own)
    if "optimizer" in changes and "framework" not in changes:
        rules = OPTIMIZERS[find("optimizer", changes["optimizer"], OPTIMIZERS, ALIASES)].rules
        if first.framework not in rules:
            changes["framework"] = next(iter(rules))
    return changes


def numbered(names: Sequence[str]) -> list[str]:
    """Names of which no two are the same."""
    return [name if names.count(name) == 1 else f"{name} #{i + 1}" for i, name in enumerate(names)]
