"""What is said of one run."""

from lrviz.analysis.wording.row import Row

RUNS: dict[str, Row] = {
    # How a step lands -------------------------------------------------------------------------------------------------
    "overshoot": Row(
        "Step {step} lands {past} past the floor of the valley{where}. The curvature there is {curvature}",
        "the first step, on this axis, that goes down one side of a valley and up the other",
    ),
    "overshoot.bound": Row(
        ", so rate × curvature is {product}, above {bound}", "plain descent, and it is above 1", ("product", "bound")
    ),
    # Swings -----------------------------------------------------------------------------------------------------------
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
    # How it ends ------------------------------------------------------------------------------------------------------
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
    "divergence.no_value": Row(
        "At step {step} the run is where the surface has no value: it ends there",
        "the loss is no number after one no higher than the first",
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
    # What stalls ------------------------------------------------------------------------------------------------------
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
        ": the noise, {noise}, is larger than the slope, {slope}",
        "the noise is larger, and without it the loss would fall",
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
    # The map ----------------------------------------------------------------------------------------------------------
    "left.gone": Row("Step {step} leaves the map; the run does not come back", "it ends outside"),
    "left.back": Row("Step {step} leaves the map; step {returns} is back on it", "it comes back"),
    "left.outside": Row("The run starts outside the map and does not come on it", "never on it"),
    "left.enters": Row("The run starts outside the map; step {returns} is on it", "it comes on it"),
    # The plateau rule -------------------------------------------------------------------------------------------------
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
    # The whole run ----------------------------------------------------------------------------------------------------
    "run.diverges": Row(
        "From ({x0}, {y0}) with loss {loss_before}, the run **diverges**: from step {not_finite} on its numbers are too"
        " large to compute (at step {last} the loss was {loss})",
        "it leaves the finite",
    ),
    "run.no_value": Row(
        "From ({x0}, {y0}) with loss {loss_before}, the run comes to where the surface **has no value** at step"
        " {not_finite} (at step {last} the loss was {loss})",
        "the loss is no number after one no higher than the first",
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
    # Wasted steps -----------------------------------------------------------------------------------------------------
    "waste.some": Row(
        "{wasted} of {steps} steps ({share}) were wasted. The run ends at a loss of {outcome} (mean of the last"
        " {last}). Steps {settled} to {until} were nearly as low in the mean: at most 25% higher, seen from the lowest"
        " minimum",
        "a twentieth of the steps, before the last fifth, was so low",
    ),
    "waste.at_once": Row(
        "{wasted} of {steps} steps ({share}) were wasted. The run ends at a loss of {outcome} (mean of the last"
        " {last}). Step {settled} was nearly as low: at most 25% higher, seen from the lowest minimum",
        "the same where a twentieth is one step",
    ),
    "waste.none": Row(
        "No step was wasted. The run ends at a loss of {outcome} (mean of the last {last}). Before its last fifth no"
        " part of it was nearly as low: at most 25% higher, seen from the lowest minimum",
        "no twentieth of the steps before the last fifth was so low",
    ),
    "waste.all": Row("All {steps} steps were wasted: the run diverges, and ends with nothing of use", "not finite"),
}
