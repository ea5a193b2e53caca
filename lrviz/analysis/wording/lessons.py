"""What a lesson says of several runs."""

from lrviz.analysis.wording.row import Row

LESSONS: dict[str, Row] = {
    # A stop on the way ------------------------------------------------------------------------------------------------
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
    # A chain of jobs --------------------------------------------------------------------------------------------------
    "chain.same": Row("{which}, the chain takes the path of the run: largest distance 0", "all points are the same"),
    "chain.rounding": Row(
        "{which}, the chain is the run but for rounding: largest distance {apart}",
        "no point is further apart than 1e-9",
    ),
    "chain.parts": Row("{which}, the paths part at step {step}: largest distance {apart}", "a point is"),
    "chain.ends": Row(". It ends at a loss of {end}, the run at {run_end}", "of the chain and of the run"),
    "chain.lower": Row(
        "Here the fresh jobs end lower: a restart stops the swing across the valley. That is no rule",
        "another path, and it ends lower",
    ),
    "chain.higher": Row(
        "Here the fresh jobs end higher: each restart throws away the speed that the run had won",
        "another path, and it ends higher",
    ),
    # What "reduce" means ----------------------------------------------------------------------------------------------
    "reduce.lowest": Row(
        "This run was not cut: its rate, {rate}, is not above the lowest, {lowest}",
        "no cut, and none can lower the rate",
    ),
    "reduce.would": Row("This run was not cut. A cut would take the rate from {before} to {after}", "else no cut"),
    "reduce.first": Row("The first cut of this run{warm}: {old} × {times} = {product}", "a cut"),
    "reduce.held": Row(", but not below the lowest rate, {lowest}", "the product is below the lowest rate"),
    "reduce.chain": Row(". Cut by cut: {chain}{more}", "a cut"),
    # Which schedule fits ----------------------------------------------------------------------------------------------
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
        "EarlyStopping with patience {patience} would not have stopped it: it never waited so long for a new lowest"
        " {monitor}",
        "never so many epochs in a row without a new lowest value",
    ),
    # A rate that is sought --------------------------------------------------------------------------------------------
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
    # The edge, up close -----------------------------------------------------------------------------------------------
    "coastline.row": Row(
        "Of {all} rates within {within} of this one {down} come down; the outcome {changes}",
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
}
