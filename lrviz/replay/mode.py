"""Is lower or higher better? Keras's mode ``auto`` goes by the name of what is monitored."""

from __future__ import annotations

import re

UP = frozenset(
    """
    acc accuracy auc binary_accuracy binary_io_u categorical_accuracy concordance_correlation cosine_similarity f1_score
    fbeta_score io_u mean_io_u one_hot_io_u one_hot_mean_io_u pearson_correlation precision precision_at_recall r2_score
    recall recall_at_precision sensitivity_at_specificity sparse_categorical_accuracy sparse_top_k_categorical_accuracy
    specificity_at_sensitivity top_k_categorical_accuracy
    """.split()  # noqa: SIM905  names, not forty lines
)
DOWN = frozenset(
    """
    loss mse mae mape msle binary_crossentropy categorical_crossentropy categorical_hinge hinge kl_divergence logcosh
    mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson
    root_mean_squared_error sparse_categorical_crossentropy squared_hinge
    """.split()  # noqa: SIM905  names, not forty lines
)
"""The names of Keras 3.15's metrics that say which way is better, and its short ones."""
LIKE_UP = re.compile(r"acc|auc|f1|fbeta|fmeasure|iou|precision|recall|r2|bleu|rouge|psnr|ssim", re.IGNORECASE)
LIKE_DOWN = re.compile(r"loss|err|entropy|perplexity|mse|mae|nll", re.IGNORECASE)


def known_to_keras(monitor: str) -> bool:
    """Can Keras 3 tell by this name? Where it cannot it raises ValueError in mode auto."""
    return monitor.removeprefix("val_") in UP | DOWN


def is_rising(mode: str, monitor: str) -> bool:
    """Is higher better?   mode: auto, min, max.

    auto: the direction of Keras's metric of that name; for other names what Keras 2 did, max where the name holds acc,
    auc or fmeasure, and where it holds another score's name; else min.
    """
    if mode != "auto":
        return mode == "max"
    name = monitor.removeprefix("val_")
    if name in UP | DOWN:
        return name in UP
    return bool(LIKE_UP.search(name)) and not LIKE_DOWN.search(name)
