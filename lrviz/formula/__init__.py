"""A formula that a visitor types: text in x and y -> a loss, its derivatives, its minima, and the same as code.

Nothing of the text is ever evaluated by Python: it becomes a tree of known operations (`reading`), which NumPy and JAX
evaluate, `expression` differentiates, and `writing` writes.
"""

from lrviz.formula.reading import EXAMPLE, LONGEST, Formula, read

__all__ = ["EXAMPLE", "LONGEST", "Formula", "read"]
