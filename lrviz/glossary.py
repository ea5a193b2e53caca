"""The terms of the lab: one sentence, one formula and one place to see it each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lrviz.scenario import Scenario

REPLAY, MAPS = "replay", "maps"
"""Where one's own losses are seen, and every rate at once."""


@dataclass(frozen=True)
class Term:
    """name and sentence, plain text. formula: LaTeX. see: a lesson's key, REPLAY, MAPS, or the scenario that shows it.
    shows: the kind of event that the diagnosis of that run must find. also: other names by which it is searched. words:
    those of a text that open this entry."""

    name: str
    sentence: str
    formula: str
    see: str | Scenario
    shows: str = ""
    also: Sequence[str] = field(default=())
    words: Sequence[str] = field(default=())


NOISY = Scenario(
    alpha=0.15, schedule="plateau", steps=150, noise=2, values={"factor": 0.5, "patience": 8}
)  # fmt: skip
"""A bowl with noise, on which the plateau rule cuts."""


def _scheduled(schedule: str, **values: float) -> Scenario:
    return Scenario(surface="bowl", alpha=0.18, schedule=schedule, steps=120, values=values)


TERMS = (
    Term(
        "Learning rate",
        "The number α by which the gradient is multiplied to make a step.",
        r"x_{t+1} = x_t - \alpha\, \nabla f(x_t)",
        "how_long",
        also=("alpha", "step size", "rate"),
        words=("learning rate", "rate", "rates", "α"),
    ),
    Term(
        "Hyperparameter",
        "A setting that is chosen before the run and not learned from the gradient, such as the first"
        " rate, the factor or the patience.",
        r"\alpha_0,\; \text{factor},\; \text{patience}",
        "hyperparameter",
        words=("hyperparameter",),
    ),
    Term(
        "Hyperparameter tuning",
        "Running the same task with several settings and keeping the one that does best.",
        r"\alpha^* = \arg\min_\alpha\, f(x_N(\alpha))",
        "adaptive",
        also=("grid search", "best rate"),
    ),
    Term(
        "Map",
        "Every value of two knobs at once: each point is one run, and its colour says how that run ends.",
        r"(\alpha, k) \to f(x_N(\alpha, k))",
        MAPS,
        also=("heatmap", "sweep", "grid search"),
    ),
    Term(
        "Edge of trainability",
        "Where runs that come down meet runs that do not; on a bowl a line, elsewhere ragged however close one looks.",
        r"\alpha L = 2",
        "coastline",
        also=("fractal", "boundary", "coastline"),
    ),
    Term(
        "Range test",
        "One run whose rate grows by the same factor at every step: where its loss falls and where it rises says which"
        " rates to try.",
        r"\alpha_t = \alpha\,(\alpha_{end}/\alpha)^{t/T}",
        "finding",
        also=("learning rate finder", "lr_find", "LRFinder"),
        words=("range test",),
    ),
    Term(
        "Loss",
        "The number that training tries to make small; here it is the height of the map.",
        r"f(x)",
        Scenario(surface="bowl"),
        also=("cost", "objective"),
        words=("loss", "losses"),
    ),
    Term(
        "Gradient",
        "The direction in which the loss rises fastest, with the slope for its length; a step goes against it.",
        r"\nabla f = \left(\tfrac{\partial f}{\partial x}, \tfrac{\partial f}{\partial y}\right)",
        Scenario(surface="himmelblau", steps=20),
        also=("slope",),
        words=("gradient", "gradients"),
    ),
    Term(
        "Step",
        "One update of the parameters; also called an iteration.",
        r"x_t \to x_{t+1}",
        Scenario(surface="bowl", alpha=0.15, steps=10),
        also=("iteration", "update"),
        words=("step", "steps"),
    ),
    Term(
        "Epoch",
        "One pass through the data, many steps long; ReduceLROnPlateau looks at the loss once an epoch.",
        r"\text{epoch} = \text{steps per epoch} \times \text{step}",
        Scenario(alpha=0.15, schedule="plateau", steps=150, noise=2, steps_per_epoch=10, values={"patience": 3}),
        "cut",
        words=("epoch", "epochs"),
    ),
    Term(
        "Overshoot",
        "A step that lands on the far side of the valley floor, because it was longer than the way there.",
        r"\alpha L > 1",
        Scenario(alpha=0.15, steps=60),
        "overshoot",
    ),
    Term(
        "Oscillation",
        "Overshooting again and again: the path swings from one side of a valley to the other.",
        r"1 < \alpha L < 2",
        Scenario(alpha=0.195, steps=60),
        "oscillation",
        also=("zig-zag", "swing"),
    ),
    Term(
        "Divergence",
        "Each step lands further away than the one before, and the loss grows without end.",
        r"\alpha L > 2",
        Scenario(alpha=0.3, steps=60),
        "divergence",
        also=("explode", "nan"),
    ),
    Term(
        "Plateau",
        "A stretch of training in which the lowest loss hardly falls.",
        r"\min_{s \le t} f(x_s) \approx \text{constant}",
        Scenario(surface="shelf", alpha=0.05, steps=300),
        "plateau",
        also=("stall", "stuck"),
        words=("plateau", "stalls"),
    ),
    Term(
        "ReduceLROnPlateau",
        "A callback that multiplies the rate by a factor when the monitored loss has not improved"
        " for a number of epochs.",
        r"\alpha \leftarrow \max(\alpha \cdot \text{factor},\; \text{min\_lr})",
        "stuck",
        also=("callback",),
        words=("callback", "ReduceLROnPlateau", "reduce on plateau", "plateau rule"),
    ),
    Term(
        "Factor",
        "What ReduceLROnPlateau multiplies the rate by at a cut: 0.1 makes it ten times smaller.",
        r"\alpha \leftarrow \alpha \cdot \text{factor}",
        NOISY.having(factor=0.1),
        "cut",
        words=("factor",),
    ),
    Term(
        "Patience",
        "How many epochs without improvement ReduceLROnPlateau waits before it cuts; PyTorch cuts one epoch"
        " later than Keras.",
        r"\text{wait} \ge \text{patience} \Rightarrow \text{cut}",
        NOISY.having(patience=5),
        "cut",
        also=("wait",),
        words=("patience",),
    ),
    Term(
        "Replay",
        "What ReduceLROnPlateau would have decided on losses that were recorded before; it is true until its rate is no"
        " longer the one they were recorded with.",
        r"f_1,\, f_2,\, f_3 \;\to\; \alpha_1,\, \alpha_2,\, \alpha_3",
        REPLAY,
        also=("own run", "history", "csv"),
    ),
    Term(
        "min_delta and threshold",
        "How much better a loss must be to count as an improvement: Keras's min_delta is"
        " absolute, PyTorch's threshold is relative unless told otherwise.",
        r"\begin{gathered} f + \text{min\_delta} < f_{\text{best}} \\"
        r" f < f_{\text{best}}\,(1 - \text{threshold}) \end{gathered}",
        NOISY.having(min_delta=0.05),
        "cut",
        also=("threshold_mode", "min_delta", "threshold"),
        words=("min_delta", "threshold"),
    ),
    Term(
        "Cooldown",
        "Epochs after a cut in which ReduceLROnPlateau does not count.",
        r"\text{cooldown} > 0 \Rightarrow \text{wait} = 0",
        NOISY.having(cooldown=10),
        "cut",
        words=("cooldown",),
    ),
    Term(
        "min_lr",
        "The smallest rate to which ReduceLROnPlateau may cut.",
        r"\alpha \ge \text{min\_lr}",
        NOISY.having(min_lr=0.03),
        "cut",
        also=("lower bound",),
        words=("lowest rate", "min_lr"),
    ),
    Term(
        "Cut",
        "One reduction of the rate by ReduceLROnPlateau; on the pictures a small notch.",
        r"\alpha_{t+1} < \alpha_t",
        NOISY,
        "cut",
        words=("cut", "cuts"),
    ),
    Term(
        "Schedule",
        "A plan that gives the rate for every step before the run begins.",
        r"\alpha_t = \alpha\, s(t)",
        "schedules",
        words=("schedule", "schedules"),
    ),
    Term(
        "Decay",
        "A schedule that only lowers the rate: in drops, by a constant share, or along a curve.",
        r"\alpha_t = \alpha\, r^{t/T}",
        _scheduled("exponential", decay_rate=0.5),
        also=("annealing", "step decay"),
        words=("annealing", "decay", "step decay", "exponential decay", "cosine decay"),
    ),
    Term(
        "Warm-up",
        "The first steps, in which the rate rises from a small value to its full one.",
        r"\alpha_t = \alpha\, t/T_w,\quad t < T_w",
        _scheduled("cosine", warmup_steps=30),
        also=("warmup",),
        words=("warm-up",),
    ),
    Term(
        "Warm restart",
        "A jump of the rate back to its top, after which it falls again.",
        r"\alpha_t = \tfrac{\alpha}{2}\,(1 + \cos \pi\, t_i / T_i)",
        _scheduled("cosine_restarts", first_decay_steps=30),
        also=("restart", "SGDR", "cosine annealing"),
        words=("warm restart", "warm restarts"),
    ),
    Term(
        "Cycle",
        "One rise and one fall of a rate that moves up and down between two bounds.",
        r"\alpha_t = \alpha_{lo} + (\alpha_{hi} - \alpha_{lo})\, \mathrm{triangle}(t)",
        _scheduled("cyclical", step_size_up=15),
        also=("cyclical", "one-cycle"),
        words=("one cycle", "one-cycle", "cyclical"),
    ),
    Term(
        "Momentum",
        "A share of the last step that is kept and added to the next one.",
        r"v \leftarrow \mu v - \alpha g,\quad x \leftarrow x + v",
        Scenario(optimizer="momentum", alpha=0.02, steps=120),
        also=("heavy ball", "Nesterov"),
        words=("momentum", "μ"),
    ),
    Term(
        "Velocity",
        "What momentum carries from step to step: the sum of past gradients, the older ones fading.",
        r"v_t = -\alpha \sum_{s \le t} \mu^{\,t - s} g_s",
        Scenario(optimizer="momentum", alpha=0.01, steps=80),
        words=("velocity",),
    ),
    Term(
        "Curvature",
        "How fast the slope changes along a direction; it is large across a narrow valley and small along its floor.",
        r"L = u^\top H u",
        Scenario(surface="rosenbrock", steps=200),
        also=("second derivative",),
        words=("curvature",),
    ),
    Term(
        "Hessian eigenvalue",
        "The curvature along one of the two directions in which a bowl is steepest and flattest;"
        " the largest sets the edge 2/L.",
        r"H u = L u,\quad H_{ij} = \tfrac{\partial^2 f}{\partial x_i"
        r" \partial x_j}",
        "how_long",
        also=("eigenvector", "edge", "L"),
        words=("1/L", "2/L"),
    ),
    Term(
        "Condition number",
        "The largest curvature divided by the smallest: how long and narrow a valley is.",
        r"\kappa = L_{\max} / L_{\min}",
        Scenario(alpha=0.035, steps=200, values={"kappa": 50}),
        also=("kappa",),
        words=("condition number", "κ"),
    ),
    Term(
        "Sharp and wide minimum",
        "A sharp minimum has a large curvature and holds only small rates; a wide one holds larger ones.",
        r"\alpha < 2/L",
        "valleys",
        also=("flat minimum",),
        words=("sharp minimum", "wide minimum"),
    ),
    Term(
        "Overfitting",
        "A model overfits when its loss on the rows that train still falls, while that on other rows rises.",
        r"\text{val\_loss} - \text{loss} \to \max",
        "new_data",
        also=("early stopping", "generalisation", "gap"),
        words=("overfitting",),
    ),
    Term(
        "Sharpness",
        "The largest curvature of a model's loss, over all directions of its weights: the L of a network.",
        r"\lambda_{\max}(\nabla^2 f(w))",
        "edge_of_stability",
        also=("progressive sharpening", "Hessian"),
        words=("sharpness",),
    ),
    Term(
        "Edge of stability",
        "The sharpness 2/α, beyond which a step overshoots ever more: a network comes to it by itself, and stays.",
        r"\lambda_{\max} \approx 2/\alpha",
        "edge_of_stability",
        words=("edge of stability",),
    ),
    Term(
        "Local minimum",
        "A point lower than all points near it, though a lower one may lie elsewhere.",
        r"\nabla f = 0,\quad L_{\min} > 0",
        Scenario(surface="styblinski_tang", alpha=0.01, steps=150),
        "local_minimum",
        also=("valley",),
        words=("local minimum", "minimum", "minima"),
    ),
    Term(
        "Convex",
        "A loss is convex if the straight line between two points of it never lies below it: then every local"
        " minimum is the lowest.",
        r"\begin{gathered} f(s x + (1 - s) z) \\ \le s f(x) + (1 - s) f(z) \end{gathered}",
        Scenario(surface="bowl", alpha=0.1),
        words=("convex",),
    ),
    Term(
        "Saddle",
        "A point without slope that is a minimum along one direction and a maximum along another.",
        r"\nabla f = 0,\quad L_{\min} < 0 < L_{\max}",
        Scenario(surface="saddle", steps=120),
        words=("saddle",),
    ),
    Term(
        "Gradient noise",
        "The part of a gradient that comes from looking at a few examples instead of all.",
        r"\tilde g = g + \sigma\, \xi",
        Scenario(alpha=0.1, noise=2, steps=150),
        also=("mini-batch", "stochastic", "SGD"),
        words=("noise", "noisy", "σ"),
    ),
    Term(
        "Noise floor",
        "The loss below which a run with noise does not settle; a smaller rate lowers it.",
        r"\mathbb{E}\, f \approx \tfrac{\alpha \sigma^2}{2}",
        Scenario(alpha=0.1, noise=2, steps=300),
        "plateau",
        words=("noise floor",),
    ),
    Term(
        "Adaptive rate",
        "A step length of its own for each parameter, made from the sizes of its past gradients.",
        r"\Delta x = -\alpha\, g / \sqrt{E[g^2]}",
        "adaptive",
        also=("Adam", "RMSprop", "AdaGrad"),
        words=("adaptive", "Adam", "RMSprop", "AdaGrad"),
    ),
    Term(
        "Bias correction",
        "Adam's division that makes up for averages which start at zero and are too small at first.",
        r"\hat m = m / (1 - \beta_1^{\,t})",
        Scenario(surface="rosenbrock", optimizer="adam", alpha=0.05, steps=200),
    ),
    Term(
        "Line search",
        "Trying shorter and shorter steps along the gradient until the loss falls enough: no rate to choose.",
        r"f(x - s g) \le f(x) - c\, s\, |g|^2",
        Scenario(surface="rosenbrock", optimizer="line_search", steps=200),
        also=("Armijo", "backtracking"),
        words=("line search",),
    ),
    Term(
        "Newton step",
        "A step to where the bowl that fits the ground here has its floor; it needs the curvature, but no rate.",
        r"x \leftarrow x - H^{-1} g",
        Scenario(surface="rosenbrock", optimizer="newton", steps=20),
        "converged",
        words=("Newton's method",),
    ),
    Term(
        "Quasi-Newton step",
        "A step by a Hessian that is guessed from how the gradient changed over the last steps, as L-BFGS does.",
        r"x \leftarrow x - \alpha\, H_k g, \quad H_k (g_k - g_{k-1}) = x_k - x_{k-1}",
        Scenario(surface="himmelblau", optimizer="lbfgs_search", steps=30),
        also=("L-BFGS", "LBFGS", "secant"),
    ),
    Term(
        "Schedule-Free",
        "An average of the points in place of a falling rate: the gradient is taken at x, z takes the steps, their"
        " average is handed over; the paper calls these y, z and x.",
        r"z \leftarrow z - \alpha g, \quad x \leftarrow (1 - \beta) z + \beta\, \hat x",
        Scenario(surface="bowl", optimizer="schedule_free_sgd", alpha=0.15, steps=120),
        also=("averaging", "x, y and z"),
    ),
    Term(
        "Polyak step",
        "A step as long as would reach the lowest loss if the ground were a straight slope; that loss has to be known.",
        r"s = (f(x) - f^*) / |g|^2",
        Scenario(surface="bowl", optimizer="polyak", steps=60),
        also=("polyak_sgd",),
    ),
    Term(
        "Parameter-free optimizer",
        "An optimizer that sets its rate by how far the run has come from its start: DoG, Prodigy.",
        r"\alpha_t = \max_i |x_i - x_0| / \sqrt{\sum_i |g_i|^2}",
        Scenario(surface="bowl", optimizer="dog", steps=200),
        also=("DoG", "Prodigy", "learning-rate-free"),
    ),
    Term(
        "Gradient clipping",
        "Shortening a gradient that is longer than a bound, so that one step cannot throw the run away.",
        r"g \leftarrow g \cdot \min(1,\; c / |g|)",
        Scenario(surface="rosenbrock", start=(-1.9, -0.8), alpha=0.002, steps=300, values={"clipnorm": 10}),
        also=("clipnorm",),
    ),
    Term(
        "Shelf",
        "Ground that is almost flat but no minimum: the steps are short there, and a smaller rate makes them shorter.",
        r"|\nabla f| \approx 0,\quad f > f_{\min}",
        Scenario(surface="shelf", alpha=0.05, steps=300),
        "plateau",
        words=("shelf",),
    ),
    Term(
        "Optimizer",
        "The rule that makes a step out of the gradient and of what it remembers, such as plain descent or Adam.",
        r"x_{t+1} = x_t + \Delta x(g_t, \text{memory})",
        "adaptive",
        words=("optimizer", "optimizers"),
    ),
    Term(
        "Median",
        "The middle one of several numbers in their order: half of them are lower, half are higher.",
        r"x_{(1)} \le x_{(2)} \le x_{(3)} \;\to\; x_{(2)}",
        "schedules",
        words=("median",),
    ),
    Term(
        "Gradient descent",
        "The plainest optimizer: each step goes straight against the gradient, and is the rate times the slope long.",
        r"x_{t+1} = x_t - \alpha\, \nabla f(x_t)",
        "how_long",
        also=("plain descent", "SGD"),
        words=("gradient descent", "plain descent", "descent"),
    ),
    Term(
        "Weights",
        "The numbers in a model that training changes; a map here has two of them, x and y.",
        r"w_{t+1} = w_t - \alpha\, \nabla f(w_t)",
        "real_model",
        also=("parameters",),
        words=("weights",),
    ),
    Term(
        "Batch",
        "The few rows of the data that one step looks at; one epoch goes through all batches.",
        r"\tfrac{1}{|B|} \sum_{i \in B} \nabla f_i(w)",
        "real_model",
        also=("mini-batch", "batch size"),
        words=("batch", "batches"),
    ),
    Term(
        "Validation loss",
        "The loss on rows that do not train the model, after each epoch; Keras calls it val_loss.",
        r"\text{val\_loss} = \tfrac{1}{n} \sum_i f_i(w)",
        "new_data",
        also=("validation",),
        words=("val_loss",),
    ),
    Term(
        "Seed",
        "The number that fixes all that is left to chance, like noise, first weights and batches: the same seed gives"
        " the same run.",
        r"\text{seed} \to \xi_1,\, \xi_2,\, \xi_3",
        "new_data",
        words=("seed", "seeds", "noises"),
    ),
    Term(
        "Cross-entropy and squared error",
        "Two kinds of loss: for classes, how surprised a model is by the right one; for numbers, the square of how far"
        " off it is.",
        r"-\log p,\quad (y - \hat y)^2",
        "real_model",
        words=("cross-entropy", "squared error"),
    ),
    Term(
        "Early stopping",
        "Ending a training when its loss on other rows stays above its best for so many epochs; in Keras a callback,"
        " EarlyStopping.",
        r"\text{wait} \ge \text{patience} \Rightarrow \text{stop}",
        "new_data",
        words=("early stopping", "EarlyStopping", "early stop"),
    ),
    Term(
        "Patience cells",
        "A row of boxes over the loss, one for each epoch of patience: they fill while nothing improves, and empty when"
        " something does; the grey band in the loss is this wait.",
        r"\text{wait} \le \text{patience}",
        "stuck",
        also=("cells", "wait"),
        words=("patience cells",),
    ),
    Term(
        "Carried and pushed",
        "The two parts of a step: what an optimizer carries on from earlier steps, and what the gradient of this step"
        " adds.",
        r"\Delta x = \mu v - \alpha g",
        "hyperparameter",
        words=("carried", "pushed"),
    ),
    Term(
        "Suggestions of a range test",
        "Rates read off its loss: a tenth of that at the minimum, where it falls steepest, in the middle of its longest"
        " fall (valley), and before its slope turns (slide).",
        r"\alpha = \alpha_{\min} / 10",
        "finding",
        words=("suggestion", "suggestions", "suggests", "Minimum / 10"),
    ),
    Term(
        "Dimension of an edge",
        "How fast the count of boxes with edge in them grows as the boxes shrink: a line has 1, a ragged edge more.",
        r"N \to 2^d N",
        "coastline",
        also=("fractal", "box counting"),
        words=("dimension",),
    ),
)


def found(text: str) -> list[Term]:
    """The terms that a search finds, in the order of the alphabet; by name first, then by what the sentence says."""
    wanted = text.strip().lower()
    rows = sorted(TERMS, key=lambda term: term.name.lower())
    named = [term for term in rows if any(wanted in name.lower() for name in (term.name, *term.also))]
    return named + [term for term in rows if term not in named and wanted in term.sentence.lower()]
