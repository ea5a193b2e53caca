"""Every optimizer of the lab, by family; each retraces the framework that it is named after."""

from lrviz.optimizers.adaptive import ADAPTIVE
from lrviz.optimizers.clipping import CLIPNORM, clip
from lrviz.optimizers.descent import DESCENT
from lrviz.optimizers.moments import MOMENTS
from lrviz.optimizers.quasi_newton import QUASI_NEWTON
from lrviz.optimizers.rateless import RATELESS
from lrviz.optimizers.rule import ARGUMENTS, At, Call, Optimizer, Rule
from lrviz.optimizers.schedule_free import SCHEDULE_FREE

OPTIMIZERS: dict[str, Optimizer] = {
    row.key: row for row in (*DESCENT, *ADAPTIVE, *MOMENTS, *SCHEDULE_FREE, *RATELESS, *QUASI_NEWTON)
}
ALIASES = {
    "sgd": "gradient_descent",
    "gd": "gradient_descent",
    "descent": "gradient_descent",
    "armijo": "line_search",
    "SGDScheduleFree": "schedule_free_sgd",
    "AdamWScheduleFree": "schedule_free_adamw",
    "polyak_sgd": "polyak",
}

__all__ = ["ALIASES", "ARGUMENTS", "CLIPNORM", "OPTIMIZERS", "At", "Call", "Optimizer", "Rule", "clip"]
