"""What a lesson says of trainings."""

from lrviz.analysis.wording.row import Row

TRAININGS: dict[str, Row] = {
    # A model that is trained on data ----------------------------------------------------------------------------------
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
        "Stepped once a batch, the rate is at min_lr, {floor}, after epoch {epoch}, and val_loss ends at {ends}",
        "the rate reaches the lowest one",
    ),
    "real.above_floor": Row(
        "Stepped once a batch, the rate ends at {rate}, and val_loss at {ends}", "it does not reach it"
    ),
    "real.by_epoch": Row(
        "Stepped once an epoch, patience {patience} lasts {patience} epochs: the rate ends at {rate}, and val_loss at"
        " {ends}",
        "as it is meant",
    ),
    "real.batches": Row(
        "An epoch has {batches} batches, and each of them counts: patience {patience} lasts {part} epochs",
        "the scheduler counts how often it is stepped",
    ),
    "real.same_end": Row(
        "{model}: {starts} starts end at {low} ({loss}), no further apart than {apart}",
        "less than a thousandth of it apart",
    ),
    "real.other_ends": Row(
        "{model}: {starts} starts end between {low} and {high} ({loss}), {near} of them within 5% of the lowest",
        "further apart",
    ),
    # Many seeds -------------------------------------------------------------------------------------------------------
    "seeds.medians": Row(
        "{what} is {one_is} with {one}, and {other_is} with {other}", "medians, with the spread of the middle seeds"
    ),
    "seeds.lower": Row(". It is lower with {lower} for {often}", "so many of the same seeds are no chance"),
    "seeds.chance": Row(". It is lower with {lower} for {often}: that may be chance", "they may be"),
    "seeds.crossed": Row("With {lower} the loss on its own rows ends lower, and val_loss higher", "neither is chance"),
    # A network at its edge --------------------------------------------------------------------------------------------
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
        "Over the last {count} epochs of this rate, sharpness × α is {mean} in the mean (± {spread})",
        "its last quarter; ± is the standard deviation",
    ),
    "sharpening.hovers": Row(": it stays at the edge, {bound}", "the mean is within 10% of the bound"),
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
