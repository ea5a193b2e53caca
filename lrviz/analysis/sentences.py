"""Every sentence that is said of a run, in one table: what it says, and when it may be said.

A statement names the rows of which its sentence is made, one after the other, and brings the run's numbers. All text is
plain but for **bold**. A row states the numbers that its words name; nothing else makes words of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import NamedTuple

from lrviz.knob import apart, digits


class Row(NamedTuple):
    """words: {name} is a number of the run, or a text that the statement brings. when: what must hold of the run.
    differ: numbers with so many digits that different ones differ."""

    words: str
    when: str
    differ: tuple[str, ...] = ()

    @property
    def states(self) -> list[str]:
        """The names of what it states."""
        return [name for _, name, _, _ in Formatter().parse(self.words) if name]


TABLE: dict[str, Row] = {
    # How a step lands ---------------------------------------------------------------------------------------------
    "overshoot": Row(
        "Step {step} lands {past} past the floor of the valley{where}. The curvature there is {curvature}",
        "the first step, on this axis, that goes down one side of a valley and up the other",
    ),
    "overshoot.bound": Row(
        ", so rate × curvature is {product}, above {bound}", "plain descent, and it is above 1", ("product", "bound")
    ),
    # Swings -------------------------------------------------------------------------------------------------------
    "swing.across": Row(
        "From step {step} to step {until} the run swings from side to side of the valley",
        "three full periods or more along the steeper axis, evenly timed, a steady ratio",
    ),
    "swing.along": Row(
        "From step {step} to step {until} the run swings back and forth along the valley",
        "the same along the flatter axis",
    ),
    "swing.round": Row(
        "From step {step} to step {until} the run swings back and forth",
        "the same where both curvatures are nearly equal",
    ),
    "swing.period": Row(", there and back in {period} steps", "the period is 2 or more"),
    "swing.ratio": Row("; each swing is {ratio} times as wide as the one before", "the widths grow or shrink"),
    "swing.steady": Row("; all swings are equally wide", "the widths differ by less than 0.1% from one to the next"),
    # How it ends --------------------------------------------------------------------------------------------------
    "divergence.grows": Row(
        "From step {step} on the loss only grows, from {loss_before} at the start to {loss} at the end",
        "off the map and above ten times the start, and every step from there on raises the loss",
    ),
    "divergence.above": Row(
        "From step {step} on the loss is above that of the start, {loss_before}, and highest at the end, {loss}",
        "the same, but some steps lower the loss",
    ),
    "divergence.later": Row(
        "From step {step} on the loss is above that of the start, and from step {not_finite} on its numbers are too"
        " large to compute",
        "it leaves the finite, after steps above the start",
    ),
    "divergence.at_once": Row(
        "From step {not_finite} on the run's numbers are too large to compute",
        "the point before was no higher than the start",
    ),
    "divergence.bound": Row(
        ": rate × curvature reached {product}, above the limit {limit}",
        "the limit is known, and was passed on the map before the loss grew",
        ("product", "limit"),
    ),
    "converged.exactly": Row(
        "From step {step} on the run stays exactly at the {what} ({x}, {y}), with loss {loss}", "it does not move"
    ),
    "converged.within": Row(
        "From step {step} on the run stays within {distance} of the {what} ({x}, {y}). The loss at the end is {loss}",
        "no step of it, nor a Newton step, is longer than a thousandth of the map",
    ),
    "converged.no_minimum": Row(": this is no minimum", "a curvature there is below 0"),
    "local_minimum": Row(
        "The run is stuck in a local minimum: the loss there is {loss}, but {floor} at the lowest minimum, ({x}, {y})",
        "converged in a minimum, and a known one is lower",
        ("loss", "floor"),
    ),
    "unfinished": Row(
        "The loss still falls at step {step}: it is {loss}, on a slope of {slope}",
        "no plateau, and the last loss is the lowest",
    ),
    # What stalls --------------------------------------------------------------------------------------------------
    "plateau.stays": Row(
        "From step {step} to step {until} the lowest loss so far stays at {loss}", "it does not fall at all"
    ),
    "plateau.near": Row(
        "From step {step} to step {until} the lowest loss so far stays near {loss}", "it falls, but by less than shows"
    ),
    "plateau.falls": Row(
        "From step {step} to step {until} the lowest loss so far only goes from {loss_before} to {loss}",
        "in 20 steps it comes less than 1% nearer to the lowest minimum",
    ),
    "plateau.rate": Row(
        ": the rate, at most {rate}, is too small, and all steps together cover only {covered}",
        "the steps could not gain 1% if all led straight down",
    ),
    "plateau.rate_late": Row(
        ": from step {since} on the rate, at most {rate}, is too small, and all steps together cover only {covered}",
        "the same for the later half or more",
    ),
    "plateau.still": Row(": the rate, at most {rate}, is too small to move the point", "the point does not move"),
    "plateau.still_late": Row(
        ": from step {since} on the rate, at most {rate}, is too small to move the point",
        "the point does not move in the later half or more",
    ),
    "plateau.noise": Row(
        ": a noise of {noise} hides a slope of {slope}", "the noise is larger, and without it the loss would fall"
    ),
    "plateau.zigzag": Row(
        ": the steps jump from side to side of a valley", "at least every other step passes the floor of a valley"
    ),
    "plateau.flat": Row(
        ": the ground is almost flat, with a slope of {slope}", "the slope would not lead down within the map's width"
    ),
    "plateau.short": Row(
        ": the steps are short, {pace} each", "20 of them are less than a twentieth of the map's diagonal"
    ),
    "plateau.lost": Row(
        ": most steps are too short to move the point", "half of them or more are lost in the rounding of its numbers"
    ),
    # The map ------------------------------------------------------------------------------------------------------
    "left.gone": Row("Step {step} leaves the map; the run does not come back", "it ends outside"),
    "left.back": Row("Step {step} leaves the map; step {returns} is back on it", "it comes back"),
    "left.outside": Row("The run starts outside the map and does not come on it", "never on it"),
    "left.enters": Row("The run starts outside the map; step {returns} is on it", "it comes on it"),
    # The plateau rule ---------------------------------------------------------------------------------------------
    "cut": Row("After step {step} the rate is cut from {old_rate} to {new_rate}: ", "a cut", ("old_rate", "new_rate")),
    "cut.best": Row("{monitor}, now {monitored}, has not been below {best}, the best,", "no tolerance"),
    "cut.begin": Row(
        "{monitor}, now {monitored}, has not been below {best}, with which the rule began,", "no number yet was better"
    ),
    "cut.fell": Row(
        "{monitor} fell too little: now {monitored}, it has not been below {bar}", "lower than the best, not enough"
    ),
    "cut.missed": Row("{monitor}, now {monitored}, has not been below {bar}", "not lower than the best"),
    "cut.relative": Row(" (best {best} × (1 − threshold {tolerance}))", "PyTorch's relative threshold"),
    "cut.absolute": Row(" (best {best} − {name} {tolerance})", "an absolute tolerance"),
    "cut.keras": Row(" for {wait} (patience {patience})", "Keras: so many bad epochs as patience"),
    "cut.keras_0": Row(" for {wait} (patience {patience} counts as 1)", "Keras, patience 0"),
    "cut.pytorch": Row(" for {wait} (more than patience {patience})", "PyTorch: more bad epochs than patience"),
    "cut.held": Row(", after {held} of cooldown that did not count", "bad epochs right before were not counted"),
    "rule.never": Row("The plateau rule never cut the rate", "the rule watched and made no cut"),
    "rule.cuts": Row(
        "The plateau rule cut the rate {times}, after {steps}: from {first_rate} to {last_rate}{warm}",
        "it made a cut",
        ("first_rate", "last_rate"),
    ),
    "rule.cuts_on_top": Row(
        "The plateau rule cut the schedule's rate {times}, after {steps}", "it made a cut, on top of a schedule"
    ),
    "rule.finding": Row("{finding}", "found in the run's epochs, as in a recorded history (lrviz/replay/findings.py)"),
    # The whole run ------------------------------------------------------------------------------------------------
    "run.diverges": Row(
        "From ({x0}, {y0}) with loss {loss_before}, the run **diverges**: from step {not_finite} on its numbers are too"
        " large to compute (at step {last} the loss was {loss})",
        "it leaves the finite",
    ),
    "run.ends": Row(
        "From ({x0}, {y0}) with loss {loss_before}, {steps} lead to ({x}, {y}) with loss **{loss}**", "else"
    ),
    "run.lowest_last": Row("The last loss is the lowest", "no earlier one is as low"),
    "run.lowest": Row("The lowest loss was {loss}, at step {step}", "it was at an earlier step"),
    "run.lowest_start": Row("The lowest loss was {loss}, at the start", "no step came below the start"),
    "run.nearest": Row("The nearest known minimum, ({x}, {y}), is {distance} away from the end", "the end is finite"),
    "run.nearest_found": Row(
        "The nearest minimum that was found, ({x}, {y}), is {distance} away from the end",
        "the same, where the minima of a formula were searched for",
    ),
    "run.no_minimum": Row("A search of the picture found no minimum", "a formula without any"),
    "bound.most": Row(
        "Rate × curvature{where} was at most **{product}**", "the largest, of the steps that begin on the map"
    ),
    "bound.unknown": Row(". For {what} no limit is known", "no closed form, or clipped gradients"),
    "bound.never": Row(
        ": the ground never curves up there. No limit holds there: at any rate, a step leads away", "not above 0"
    ),
    "bound.at": Row(". That is the limit, {limit}", "equal to nine digits"),
    "bound.below": Row(". That is below the limit {limit}", "smaller", ("product", "limit")),
    "bound.above": Row(". That is above the limit {limit}", "larger", ("product", "limit")),
    "bound.bowl_at": Row(": in a bowl, a swing stays as wide as it is", "the ground curves up all the way"),
    "bound.bowl_below": Row(": in a bowl, every swing shrinks", "the ground curves up all the way"),
    "bound.bowl_above": Row(": in a bowl, a swing grows", "the ground curves up all the way"),
    "bound.downwards": Row(
        ", which is for ground that curves up. At {downwards} of {known} steps it curves downwards along some"
        " direction. No limit holds there: at any rate, a step leads away",
        "the ground curves downwards at a step",
    ),
    "bound.predicted": Row(
        "By the curvature at the end, each step multiplies the distance to the minimum by **{predicted}**",
        "the touching quadratic has a minimum where the surface has the same curvature",
    ),
    "bound.measured": Row(". Measured over the last steps: **{measured}**", "the last steps are one or two modes"),
    # Wasted steps -------------------------------------------------------------------------------------------------
    "waste.some": Row(
        "{wasted} of {steps} steps ({share}) were wasted: the run ends at a loss of {outcome} (mean of the last"
        " {last}), and the mean of steps {settled} to {until} was no more than 25% higher above the lowest minimum",
        "a twentieth of the steps, before the last fifth, was so low",
    ),
    "waste.at_once": Row(
        "{wasted} of {steps} steps ({share}) were wasted: the run ends at a loss of {outcome} (mean of the last"
        " {last}), and step {settled} was no more than 25% higher above the lowest minimum",
        "the same where a twentieth is one step",
    ),
    "waste.none": Row(
        "No step was wasted: the run ends at a loss of {outcome} (mean of the last {last}), and before its"
        " last fifth no part of it was as low, to 25% of the height above the lowest minimum",
        "no twentieth of the steps before the last fifth was so low",
    ),
    "waste.all": Row(
        "All {steps} steps were wasted: the run diverges, and ends with nothing that could be used", "not finite"
    ),
    # A stop on the way --------------------------------------------------------------------------------------------
    "resume.kept": Row(
        "Stop after step {step}, go on with both memories: the cut still comes after step {cut}",
        "the rule had waited, and would cut one epoch later",
    ),
    "resume.forgotten": Row("Lose the callback's memory, a best loss and {wait} waited", "the same, with a fresh rule"),
    "resume.later": Row(
        ": the cut comes after step {late}, {later} later. Up to step {cut} all points are the same", "it cuts later"
    ),
    "resume.same": Row(": the cut still comes after step {late}", "one bad epoch is enough"),
    "resume.never": Row(": no cut comes. Up to step {cut} all points are the same", "it does not cut any more"),
    # A chain of jobs ----------------------------------------------------------------------------------------------
    "chain.same": Row("{which}, the chain is the run and lies under it: largest distance 0", "all points are the same"),
    "chain.rounding": Row(
        "{which}, the chain is the run but for rounding: largest distance {apart}",
        "no point is further apart than 1e-9",
    ),
    "chain.parts": Row("{which}, the paths part at step {step}: largest distance {apart}", "a point is"),
    "chain.ends": Row("; loss at the end {end} and {run_end}", "of the chain and of the run"),
    "chain.lower": Row(
        "Here the fresh jobs end lower: a restart stops the swing across the valley. That is no rule",
        "another path, and it ends lower",
    ),
    "chain.higher": Row(
        "Here the fresh jobs end higher: each restart throws away the speed that the run had won",
        "another path, and it ends higher",
    ),
    # What "reduce" means ------------------------------------------------------------------------------------------
    "reduce.lowest": Row(
        "This run was not cut: its rate, {rate}, is not above the lowest, {lowest}",
        "no cut, and none can lower the rate",
    ),
    "reduce.would": Row("This run was not cut. A cut would take the rate from {before} to {after}", "else no cut"),
    "reduce.first": Row("The first cut of this run{warm}: {old} × {times} = {product}", "a cut"),
    "reduce.held": Row(", but not below the lowest rate, {lowest}", "the product is below the lowest rate"),
    "reduce.chain": Row(". Cut by cut: {chain}{more}", "a cut"),
    # Which schedule fits --------------------------------------------------------------------------------------------
    "fits.below": Row(
        "From step {step} on its rate is below 2/L = {limit}; a constant {rate} never is",
        "the constant rate flies off",
    ),
    "fits.furthest": Row(
        "Its rates add up to {way}, those of {second} to {shorter}: it comes furthest",
        "a constant rate ends lowest; second: what ends next lowest",
    ),
    "fits.lower": Row(
        "Its last {last} rates are {mean} in the mean; at a constant {rate} the noise keeps the loss at {loss}",
        "another than the constant rate ends lowest, and that one does not fly off",
    ),
    "early.stops": Row(
        "How to know earlier: EarlyStopping with patience {patience} would have ended the run after step {stopped},"
        " when the lowest {monitor} was {best}",
        "so many epochs in a row were no better than the best",
    ),
    "early.goes_on": Row(
        "EarlyStopping with patience {patience} would not have ended it: {monitor} was never that many epochs without a"
        " new lowest value",
        "never so many epochs in a row without a new lowest value",
    ),
    # A rate that is sought ----------------------------------------------------------------------------------------
    # A model that is trained on data -----------------------------------------------------------------------------
    "real.jobs": Row(
        "The val_loss ends at {one} in job 1, at {two} in job 2, and at {callback} with the callback",
        "three jobs on data, a number each with so many digits that different ones differ",
    ),
    "real.first_cut": Row("The first cut comes after epoch {first_cut}", "there is a cut"),
    "real.calm": Row(
        ". From one epoch to the next val_loss moved by {before} in the {epochs} epochs before it, and by {after} in as"
        " many after it",
        "the means of the steps' sizes; there are so many epochs on both sides",
        ("before", "after"),
    ),
    "real.never": Row("The callback never cuts: val_loss never stands still for long enough", "it has no cut"),
    "real.seeds": Row(
        "One training proves nothing. With {seeds} seeds the callback ends lowest {wins_callback}, job 1 {wins_one} and"
        " job 2 {wins_two}",
        "the same three jobs from other first weights, with other batches",
    ),
    "real.whole": Row("In one go the rate is {cuts}, and val_loss ends at {ends}", "never stopped"),
    "real.resumed": Row(
        "Resumed every {restart} epochs it is {cuts}, and val_loss ends at {ends}",
        "stopped and resumed with a new callback",
    ),
    "real.not_stopped": Row("{restart} epochs are all there are: it is not stopped", "it would be stopped at its end"),
    "real.no_room": Row(
        "Each new callback takes its first val_loss as the best. In {restart} epochs it counts to {most} at most, and"
        " patience is {patience}: no cut can come",
        "Keras's wait cannot reach its patience",
    ),
    "real.room": Row(
        "Each new callback takes its first val_loss as the best. In {restart} epochs it can count to {most}, and"
        " patience is {patience}: a cut can come, but later",
        "it can",
    ),
    "real.at_floor": Row(
        "Stepped once a batch, the rate is at its floor, {floor}, after epoch {epoch}, and val_loss ends at {ends}",
        "the rate reaches the lowest one",
    ),
    "real.above_floor": Row(
        "Stepped once a batch, the rate ends at {rate}, and val_loss at {ends}", "it does not reach it"
    ),
    "real.by_epoch": Row("Stepped once an epoch, the rate ends at {rate}, and val_loss at {ends}", "as it is meant"),
    "real.batches": Row(
        "An epoch has {batches} batches, and each of them counts: patience {patience} lasts {part} epochs",
        "the scheduler counts how often it is stepped",
    ),
    "real.same_end": Row(
        "{model}: {starts} starts end at {low}, no further apart than {apart}", "less than a thousandth of it apart"
    ),
    "real.other_ends": Row(
        "{model}: {starts} starts end between {low} and {high}, {near} of them within 5% of the lowest",
        "further apart",
    ),
    "finding.best": Row("Of {all} rates, {rate} ends lowest, with a loss of {loss}", "each kept constant"),
    "finding.edge": Row("; above {edge} a run flies off", "the edge is known in closed form"),
    "finding.late": Row(
        "The loss of the test is lowest at step {step}, with a rate of {rate}. Kept constant, that rate ends above the"
        " start: a loss needs some steps to rise",
        "the rate at the lowest loss flies off",
    ),
    "finding.off": Row("{who}, kept constant, {verb} off", "these suggestions end above the start"),
    "finding.good": Row("{who} {verb} in the best tenth of all {all} rates", "less than a tenth ends lower"),
    "finding.no_good": Row(
        "None of the four is in the best tenth of all {all} rates", "a tenth or more ends lower than each"
    ),
    "finding.none": Row(
        "After {steps} steps the loss is four times its lowest: the test stops, and nothing can be read from it",
        "too few steps are left",
    ),
    # The edge, up close -------------------------------------------------------------------------------------------
    "coastline.row": Row(
        "Of {all} rates within {within} of this one {down} come down; the outcome changes {changes}",
        "they lie evenly from below to above",
    ),
    "coastline.none": Row("At one of these zooms there is no edge in sight", "all cells are on one side"),
    "coastline.line": Row(
        "On {cells} × {cells} runs at each zoom the edge has the dimension {high} or less: that of a line",
        "all dimensions are below 1.1",
    ),
    "coastline.ragged": Row(
        "On {cells} × {cells} runs at each zoom the edge has a dimension from {low} to {high}: more than a line, which"
        " has 1",
        "a dimension is 1.1 or more",
    ),
    # Many seeds -----------------------------------------------------------------------------------------------
    "seeds.medians": Row(
        "{what} is {one_is} with {one}, and {other_is} with {other}", "medians, with the spread of the middle seeds"
    ),
    "seeds.apart": Row(": it is lower with {lower}", "the two spreads do not touch"),
    "seeds.overlap": Row(": the spreads overlap, so these seeds do not tell", "they do"),
    "seeds.crossed": Row(
        "The lower loss on its own rows has the higher val_loss: with {lower}", "both pairs of spreads are apart"
    ),
    # A network at its edge ----------------------------------------------------------------------------------------
    "sharpening.begins": Row(
        "The sharpness begins at {sharpness}, and the edge of the rate {rate} is at {edge}", "of the first rate"
    ),
    "sharpening.turn": Row(
        "After epoch {epoch} the rate goes from {old_rate} to {rate}, and so the edge from {old_edge} to {edge}",
        "of each other rate",
        ("old_rate", "rate"),
    ),
    "sharpening.reaches": Row(". It is there after epoch {reached}", "at the edge or above for the first time"),
    "sharpening.again": Row(". The sharpness is there {later} epochs later", "the same, after another rate"),
    "sharpening.at_once": Row(": the sharpness is past it already", "at the edge or above after the first epoch"),
    "sharpening.never": Row(". It does not get there in {epochs} epochs", "below the edge in all epochs of the rate"),
    "sharpening.ends": Row(
        "Over the last {count} epochs of this rate, sharpness × α is {mean} in the mean (spread {spread})",
        "its last quarter; the spread is the standard deviation",
    ),
    "sharpening.hovers": Row(": it hovers at the edge, {bound}", "the mean is within 10% of the bound"),
    "sharpening.below": Row(": it stays below the edge, {bound}", "the mean is lower"),
    "sharpening.above": Row(": it stays above the edge, {bound}", "the mean is higher"),
    "sharpening.gone": Row(
        "In step {step} the numbers become too large to compute: with this rate the training flies off",
        "it leaves the finite",
    ),
    "sharpening.rates": Row(
        "Of {all} rates {there} end within 10% of 2/α, {below} lower, {above} higher; {gone} flew off",
        "the sharpness over the last quarter of each",
    ),
    "sharpening.bumpy": Row(
        "In {rises} of these epochs the loss goes up, and yet it falls from {loss_before} to {loss}",
        "some, and the last is lower than the first",
        ("loss_before", "loss"),
    ),
    "sharpening.smooth": Row(
        "In each of these epochs the loss goes down, from {loss_before} to {loss}", "in all", ("loss_before", "loss")
    ),
    "sharpening.worse": Row(
        "In {rises} of these epochs the loss goes up, and it does not fall: {loss_before} then, {loss} now",
        "some, and the last is no lower than the first",
        ("loss_before", "loss"),
    ),
}
"""A key is event.case; the first part of a sentence is a whole one, the others follow it."""

_COUNTS = {
    "step", "cut", "late", "until", "not_finite", "since", "returns", "last", "settled", "stopped", "wasted",
    "patience", "downwards", "known", "all", "steps", "down", "cells", "epoch", "epochs", "reached", "later", "count",
    "rises", "there", "below", "above", "gone", "first_cut", "seeds", "restart", "most", "batches", "starts", "near",
}  # fmt: skip
"""Whole numbers, with all their digits."""


def counted(count: float, what: str) -> str:
    """``1 epoch``, ``3 epochs``."""
    return f"{int(count)} {what}{'s' * (count != 1)}"


@dataclass(frozen=True)
class Statement:
    """Something that is said of a run: the rows of its sentence, the run's numbers in them, and what is no number.

    texts: also numbers whose digits were chosen so that what is said of several holds as it stands.
    """

    rows: tuple[str, ...]
    numbers: Mapping[str, float]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        told = {name: self._text(name, value) for name, value in self.numbers.items()}
        for row in self.rows:
            differ = TABLE[row].differ
            told |= zip(differ, apart(*(self.numbers[name] for name in differ)), strict=True) if differ else ()
        return "".join(TABLE[row].words for row in self.rows).format(**told | dict(self.texts)) + "."

    @staticmethod
    def _text(name: str, value: float) -> str:
        return str(int(value)) if name in _COUNTS and math.isfinite(value) else digits(value)

    def differs(self, one: str, other: str) -> bool:
        """Do these two numbers look different?"""
        return self._text(one, self.numbers[one]) != self._text(other, self.numbers[other])


def sentences(statements: Iterable[Statement]) -> list[str]:
    return [statement.sentence for statement in statements]
