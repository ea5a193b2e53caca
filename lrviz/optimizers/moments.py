"""The Adam family: running means of the gradient and of its square (Lion: of the gradient alone)."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lrviz.knob import fixed, refused
from lrviz.optimizers.rule import (
    BETA_1,
    BETA_2,
    EPSILON,
    MOMENTUM_DECAY,
    WEIGHT_DECAY,
    At,
    Call,
    Optimizer,
    Rule,
    Terms,
)

KINGMA = "Kingma & Ba (2015), arXiv 1412.6980"
REDDI = "Reddi, Kale & Kumar (2018), arXiv 1904.09237"
LOSHCHILOV = "Loshchilov & Hutter (2019), arXiv 1711.05101"
DOZAT = "Dozat (2016), Incorporating Nesterov Momentum into Adam"
CHEN = "Chen et al. (2023), arXiv 2302.06675"
LIU = "Liu et al. (2020), arXiv 1908.03265"


class Moments(NamedTuple):
    """Running means of g and of g^2; the largest g^2 seen (AMSGrad)."""

    first: Array
    second: Array
    largest: Array


def _moments_init(x: Array, hyper: Any) -> Moments:
    return Moments(*(jnp.zeros_like(x),) * 3)


def _updated(at: At, state: Moments, hyper: Any, amsgrad: bool = False) -> Moments:
    first = state.first + (at.grad - state.first) * (1 - hyper.beta_1)
    second = state.second + (at.grad**2 - state.second) * (1 - hyper.beta_2)
    return Moments(first, second, jnp.maximum(state.largest, second) if amsgrad else state.largest)


def _terms(old: Moments, new: Moments, rate: Array, hyper: Any, at: At, amsgrad: bool = False) -> Terms:
    """dx = -rate m: the part that the old mean carries, the part that this gradient pushes, and what they came from."""
    return {
        "carried": -rate * hyper.beta_1 * old.first,
        "pushed": -rate * (1 - hyper.beta_1) * at.grad,
        "first_moment": new.first,
        "second_moment": new.second,
        **({"largest_second_moment": new.largest} if amsgrad else {}),
        "effective_rate": rate,
    }


def adam_keras(at: At, state: Moments, lr: Array, hyper: Any, amsgrad: bool = False) -> tuple[Array, Moments, Terms]:
    """m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  dx = -lr sqrt(1 - b2^k)/(1 - b1^k) m/(sqrt(v) + epsilon).

    epsilon is added before v's bias is corrected ("epsilon hat" of the paper). With amsgrad the largest v so far
    takes the place of v. keras.optimizers.Adam.
    """
    new = _updated(at, state, hyper, amsgrad)
    second = new.largest if amsgrad else new.second
    size = lr * jnp.sqrt(1 - hyper.beta_2**at.k) / (1 - hyper.beta_1**at.k)
    rate = size / (jnp.sqrt(second) + hyper.epsilon)
    terms = _terms(state, new, rate, hyper, at, amsgrad)
    return -(new.first * size) / (jnp.sqrt(second) + hyper.epsilon), new, terms


def adam_pytorch(at: At, state: Moments, lr: Array, hyper: Any, amsgrad: bool = False) -> tuple[Array, Moments, Terms]:
    """As Adam in Keras, but epsilon is added after v's bias is corrected.

    dx = -lr/(1 - b1^k) m/(sqrt(v/(1 - b2^k)) + epsilon). torch.optim.Adam.
    """
    new = _updated(at, state, hyper, amsgrad)
    second = new.largest if amsgrad else new.second
    root = jnp.sqrt(second) / jnp.sqrt(1 - hyper.beta_2**at.k) + hyper.epsilon
    size = lr / (1 - hyper.beta_1**at.k)
    return -size * (new.first / root), new, _terms(state, new, size / root, hyper, at, amsgrad)


def adamw(at: At, state: Moments, lr: Array, hyper: Any, framework: str) -> tuple[Array, Moments, Terms]:
    """x <- x - lr lambda x, then Adam's step with the gradient taken before.

    keras.optimizers.AdamW, torch.optim.AdamW.
    """
    decayed = -lr * hyper.weight_decay * at.x
    dx, new, terms = (adam_keras if framework == "keras" else adam_pytorch)(at, state, lr, hyper)
    return decayed + dx, new, terms | {"decayed": decayed}


class NadamState(NamedTuple):
    """Adam's moments, and P, the product of the momenta so far, (K,)."""

    moments: Moments
    product: Array


def _nadam_init(x: Array, hyper: Any) -> NadamState:
    return NadamState(_moments_init(x, hyper), jnp.ones_like(x[0]))


def nadam(at: At, state: NadamState, lr: Array, hyper: Any, framework: str) -> tuple[Array, NadamState, Terms]:
    """dx = -lr (mu_{k+1} m/(1 - P_{k+1}) + (1 - mu_k) g/(1 - P_k))/(sqrt(v/(1 - b2^k)) + epsilon).

    mu_k = b1 (1 - 0.96^(k psi)/2), P_k = mu_1 ... mu_k. Keras has psi = 1 built in, PyTorch's is ``momentum_decay``.
    keras.optimizers.Nadam, torch.optim.NAdam.
    """
    decay = 1.0 if framework == "keras" else hyper.momentum_decay
    now = hyper.beta_1 * (1 - 0.5 * 0.96 ** (at.k * decay))
    following = hyper.beta_1 * (1 - 0.5 * 0.96 ** ((at.k + 1) * decay))
    product = state.product * now
    new = _updated(at, state.moments, hyper)
    root = jnp.sqrt(new.second / (1 - hyper.beta_2**at.k)) + hyper.epsilon
    from_mean = following / (1 - product * following) / root
    from_grad = (1 - now) / (1 - product) / root
    terms = {
        "carried": -lr * from_mean * hyper.beta_1 * state.moments.first,
        "pushed": -lr * (from_mean * (1 - hyper.beta_1) + from_grad) * at.grad,
        "first_moment": new.first,
        "second_moment": new.second,
        "effective_rate": lr / root,
    }
    return -lr * (from_mean * new.first + from_grad * at.grad), NadamState(new, product), terms


def adamax(at: At, state: Moments, lr: Array, hyper: Any, framework: str) -> tuple[Array, Moments, Terms]:
    """m as in Adam;  u <- max(b2 u, |g|);  dx = -lr/(1 - b1^k) m/(u + epsilon).

    PyTorch: u <- max(b2 u, |g| + epsilon), dx over u. keras.optimizers.Adamax, torch.optim.Adamax.
    """
    first = state.first + (at.grad - state.first) * (1 - hyper.beta_1)
    size = lr / (1 - hyper.beta_1**at.k)
    if framework == "keras":
        largest = jnp.maximum(hyper.beta_2 * state.largest, jnp.abs(at.grad))
        rate = size / (largest + hyper.epsilon)
    else:
        largest = jnp.maximum(hyper.beta_2 * state.largest, jnp.abs(at.grad) + hyper.epsilon)
        rate = size / largest
    new = Moments(first, state.second, largest)
    terms = {
        "carried": -rate * hyper.beta_1 * state.first,
        "pushed": -rate * (1 - hyper.beta_1) * at.grad,
        "first_moment": first,
        "largest": largest,
        "effective_rate": rate,
    }
    return -rate * first, new, terms


def lion(at: At, mean: Array, lr: Array, hyper: Any) -> tuple[Array, Array, Terms]:
    """dx = -lr sign(b1 m + (1 - b1) g);  m <- b2 m + (1 - b2) g.   keras.optimizers.Lion."""
    direction = jnp.sign(mean * hyper.beta_1 + at.grad * (1 - hyper.beta_1))
    mean = mean * hyper.beta_2 + at.grad * (1 - hyper.beta_2)
    return -lr * direction, mean, {"sign": direction, "first_moment": mean}


def radam(at: At, state: Moments, lr: Array, hyper: Any) -> tuple[Array, Moments, Terms]:
    """Adam whose adaptive part waits until the variance of its rate is known, which rho_k > 5 says.

    Until then dx = -lr m/(1 - b1^k), from then on dx = -lr r sqrt(1 - b2^k)/(sqrt(v) + epsilon) m/(1 - b1^k), with
    rho_inf = 2/(1 - b2) - 1, rho_k = rho_inf - 2 k b2^k/(1 - b2^k) and
    r^2 = (rho_k - 4)(rho_k - 2) rho_inf/((rho_inf - 4)(rho_inf - 2) rho_k). torch.optim.RAdam.
    """
    new = _updated(at, state, hyper)
    power = hyper.beta_2**at.k
    limit = 2 / (1 - hyper.beta_2) - 1
    length = limit - 2 * at.k * power / (1 - power)
    adaptive = length > 5
    known = jnp.where(adaptive, length, 6.0)  # keeps the root real where it is not used
    rectified = jnp.sqrt((known - 4) * (known - 2) * limit / ((limit - 4) * (limit - 2) * known))
    scale = jnp.where(adaptive, rectified * jnp.sqrt(1 - power) / (jnp.sqrt(new.second) + hyper.epsilon), 1.0)
    rate = lr / (1 - hyper.beta_1**at.k) * scale
    return -rate * new.first, new, _terms(state, new, rate, hyper, at)


_KERAS = (BETA_1, BETA_2, EPSILON)
_PYTORCH = (BETA_1, BETA_2, EPSILON.with_default(1e-8))
_MOMENTS = r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2,\quad "
_ADAM_KERAS = r"x \leftarrow x - \alpha \frac{\sqrt{1 - \beta_2^k}}{1 - \beta_1^k} \frac{m}{\sqrt v + \epsilon}"
_ADAM_PYTORCH = r"x \leftarrow x - \frac{\alpha}{1 - \beta_1^k} \frac{m}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}"
_SYMBOLS = {"m": "first_moment", "v": "second_moment"}
_EPSILON_DIFFERS = "Keras adds epsilon before the second moment's bias is corrected, PyTorch after it."
_NADAM = (
    r"x \leftarrow x - \alpha \left(\frac{\mu_{k+1} m}{1 - P_{k+1}} + \frac{(1 - \mu_k) g}{1 - P_k}\right)"
    r" \Big/ \left(\sqrt{v/(1 - \beta_2^k)} + \epsilon\right),\quad "
)


def _decaying(formula: str) -> str:
    return formula.replace(r"x \leftarrow x", r"x \leftarrow x - \alpha \lambda x")


def _adam_pair(key: str, name: str, amsgrad: bool, source: str) -> Optimizer:
    largest = r"\hat v \leftarrow \max(\hat v, v),\quad " if amsgrad else ""
    symbols = _SYMBOLS | ({r"\hat v": "largest_second_moment"} if amsgrad else {})
    v = (
        (lambda formula: formula.replace(r"\sqrt v", r"\sqrt{\hat v}").replace("{v /", r"{\hat v /"))
        if amsgrad
        else str
    )
    takes = {
        "amsgrad": fixed(
            amsgrad, f"Adam with amsgrad={not amsgrad} is the optimizer {'adam' if amsgrad else 'amsgrad'} here."
        ),
        "weight_decay": refused("The weight decay here is AdamW's, apart from the gradient: the optimizer adamw."),
    }
    call = Call("Adam", {"amsgrad": "True"} if amsgrad else {})
    return Optimizer(
        key,
        name,
        {
            "keras": Rule(
                _MOMENTS + largest + v(_ADAM_KERAS),
                partial(adam_keras, amsgrad=amsgrad),
                _moments_init,
                _KERAS,
                source,
                symbols,
                takes,
                call,
            ),
            "pytorch": Rule(
                _MOMENTS + largest + v(_ADAM_PYTORCH),
                partial(adam_pytorch, amsgrad=amsgrad),
                _moments_init,
                _PYTORCH,
                source,
                symbols,
                takes,
                call,
            ),
        },
        {"keras": 0.001, "pytorch": 0.001},
        differs=_EPSILON_DIFFERS,
    )


MOMENTS = (
    _adam_pair("adam", "Adam", False, KINGMA),
    _adam_pair("amsgrad", "AMSGrad", True, REDDI),
    Optimizer(
        "adamw",
        "AdamW",
        {
            "keras": Rule(
                _MOMENTS + _decaying(_ADAM_KERAS),
                partial(adamw, framework="keras"),
                _moments_init,
                (*_KERAS, WEIGHT_DECAY),
                LOSHCHILOV,
                _SYMBOLS,
                call=Call("AdamW", always=("weight_decay",)),
            ),
            "pytorch": Rule(
                _MOMENTS + _decaying(_ADAM_PYTORCH),
                partial(adamw, framework="pytorch"),
                _moments_init,
                (*_PYTORCH, WEIGHT_DECAY.with_default(0.01)),
                LOSHCHILOV,
                _SYMBOLS,
                call=Call("AdamW", always=("weight_decay",)),
            ),
        },
        {"keras": 0.001, "pytorch": 0.001},
        differs=_EPSILON_DIFFERS,
    ),
    Optimizer(
        "nadam",
        "Nadam",
        {
            "keras": Rule(
                _MOMENTS + _NADAM + r"\mu_k = \beta_1(1 - \tfrac12 0.96^k)",
                partial(nadam, framework="keras"),
                _nadam_init,
                _KERAS,
                DOZAT,
                _SYMBOLS,
                call=Call("Nadam"),
            ),
            "pytorch": Rule(
                _MOMENTS + _NADAM + r"\mu_k = \beta_1(1 - \tfrac12 0.96^{k\psi})",
                partial(nadam, framework="pytorch"),
                _nadam_init,
                (*_PYTORCH, MOMENTUM_DECAY),
                DOZAT,
                _SYMBOLS,
                call=Call("NAdam"),
            ),
        },
        {"keras": 0.001, "pytorch": 0.002},
        differs="",  # with a momentum_decay of 1 in PyTorch
    ),
    Optimizer(
        "adamax",
        "Adamax",
        {
            "keras": Rule(
                r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad u \leftarrow \max(\beta_2 u, |g|),\quad"
                r" x \leftarrow x - \frac{\alpha}{1 - \beta_1^k} \frac{m}{u + \epsilon}",
                partial(adamax, framework="keras"),
                _moments_init,
                _KERAS,
                KINGMA,
                {"m": "first_moment", "u": "largest"},
                call=Call("Adamax"),
            ),
            "pytorch": Rule(
                r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad u \leftarrow \max(\beta_2 u, |g| + \epsilon),\quad"
                r" x \leftarrow x - \frac{\alpha}{1 - \beta_1^k} \frac{m}{u}",
                partial(adamax, framework="pytorch"),
                _moments_init,
                _PYTORCH,
                KINGMA,
                {"m": "first_moment", "u": "largest"},
                call=Call("Adamax"),
            ),
        },
        {"keras": 0.001, "pytorch": 0.002},
        differs="Keras adds epsilon to the largest gradient at each step, PyTorch before it is compared.",
    ),
    Optimizer(
        "lion",
        "Lion",
        {
            "keras": Rule(
                r"x \leftarrow x - \alpha\,\mathrm{sign}(\beta_1 m + (1 - \beta_1) g),\quad "
                r"m \leftarrow \beta_2 m + (1 - \beta_2) g",
                lion,
                lambda x, hyper: jnp.zeros_like(x),
                (BETA_1, BETA_2.with_default(0.99)),
                CHEN,
                {"m": "first_moment"},
                call=Call("Lion"),
            )
        },
        {"keras": 0.001},
    ),
    Optimizer(
        "radam",
        "RAdam",
        {
            "pytorch": Rule(
                _MOMENTS
                + r"x \leftarrow x - \frac{\alpha}{1 - \beta_1^k}\, r_k \sqrt{1 - \beta_2^k}\, "
                + r"\frac{m}{\sqrt v + \epsilon}",
                radam,
                _moments_init,
                _PYTORCH,
                LIU,
                _SYMBOLS,
                call=Call("RAdam"),
            )
        },
        {"pytorch": 0.001},
    ),
)
