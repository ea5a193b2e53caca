"""Every optimizer of the lab, by family; each retraces the framework that it is named after."""

from lrviz.optimizers.adaptive import ADAPTIVE
from lrviz.optimizers.clipping import CLIPNORM, clip
from lrviz.optimizers.descent import DESCENT
from lrviz.optimizers.moments import MOMENTS
from lrviz.optimizers.rateless import RATELESS
from lrviz.optimizers.rule import ARGUMENTS, At, Call, Optimizer, Rule

OPTIMIZERS: dict[str, Optimizer] = {row.key: row for row in (*DESCENT, *ADAPTIVE, *MOMENTS, *RATELESS)}
ALIASES = {"sgd": "gradient_descent", "gd": "gradient_descent", "descent": "gradient_descent", "armijo": "line_search"}

__all__ = ["ALIASES", "ARGUMENTS", "CLIPNORM", "OPTIMIZERS", "At", "Call", "Optimizer", "Rule", "clip"]
