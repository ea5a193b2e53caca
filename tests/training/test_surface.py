"""The loss over the plane of a training: the true loss, the true path, and how much of it is seen."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.figures.training import surface_figure, surface_words
from lrviz.knob import BadInput
from lrviz.training import Training, train
from lrviz.training.loop import untrained
from lrviz.training.surface import FAR, loss_surface
from tests.charts import checked

NETWORK = Training("moons", "network", "adam", alpha=0.03, schedule="plateau", epochs=40, values={"patience": 5})


def loss_at(training: Training, weights: np.ndarray) -> float:
    """Of all training rows, by the model's own pieces."""
    shape, rows = training.shape, training.split.train
    losses = shape.losses(shape.at(weights, training.split.x[rows]), training.y[rows], np)
    return float(losses.mean() + training["l2"] * (shape.kernels * weights**2).sum())


def test_of_two_weights_it_is_the_whole_surface():
    training = Training("line", alpha=0.05, epochs=20, values={"l2": 0.01})
    surface = loss_surface(train(training))
    assert surface.exact and surface.share == pytest.approx(1) and surface.names == ("weight", "bias")
    for i, j in ((0, 0), (7, 30), (60, 60)):
        assert surface.loss[j, i] == pytest.approx(loss_at(training, np.array([surface.u[i], surface.v[j]])))
    np.testing.assert_array_equal(surface.path, train(training).weights)
    assert "whole loss surface" in surface_words(surface)


def test_of_more_it_is_the_plane_of_start_end_and_first_principal_direction():
    history = train(NETWORK)
    surface, weights = loss_surface(history), history.weights
    np.testing.assert_allclose(surface.path[-1], 0, atol=1e-12)
    np.testing.assert_allclose(surface.path[0], [np.linalg.norm(weights[0] - weights[-1]), 0], atol=1e-9)
    principal = np.linalg.svd(weights - weights.mean(axis=0))[2][0]
    line = (weights[0] - weights[-1]) / np.linalg.norm(weights[0] - weights[-1])
    basis = np.linalg.qr(np.stack([line, principal], axis=1))[0]
    moves = np.diff(weights, axis=0)
    assert surface.share == pytest.approx(((moves @ basis) ** 2).sum() / (moves**2).sum())
    assert 0 < surface.share < 1 and f"{100 * surface.share:.2g}% of its motion" in surface_words(surface)


def test_the_loss_there_is_the_true_one():
    """That of linear regression is a polynomial of the second degree in the plane: a fit gives it at start and end."""
    training = Training("diabetes", alpha=0.1, epochs=20)
    history = train(training)
    surface = loss_surface(history)
    u, v = np.meshgrid(surface.u, surface.v)
    terms = lambda u, v: np.stack([u**0, u, v, u * u, u * v, v * v], axis=-1)  # noqa: E731
    fit, rest, *_ = np.linalg.lstsq(terms(u.ravel(), v.ravel()), surface.loss.ravel(), rcond=None)
    assert rest[0] < 1e-20 * surface.loss.size * surface.loss.max() ** 2
    for place, weights in ((surface.path[0], history.initial), (surface.path[-1], history.final)):
        assert terms(*place) @ fit == pytest.approx(loss_at(training, weights))


def test_where_there_is_no_plane_a_sentence_says_why():
    with pytest.raises(BadInput, match="have not moved"):
        loss_surface(untrained(NETWORK))
    wide = Training("digits", "network", epochs=1, values={"layers": "64,64,64"})
    with pytest.raises(BadInput, match="too much"):
        loss_surface(train(wide))


def test_a_training_that_diverges_is_drawn_until_it_leaves():
    history = train(Training("line", alpha=1.2, batch_size=None, epochs=200))
    surface = loss_surface(history)
    assert 2 <= len(surface.path) < 201 and (np.abs(surface.path) < FAR).all()
    assert checked(surface_figure(surface, history, None)).data
    with pytest.raises(BadInput, match="leave at once"):
        loss_surface(train(Training("line", alpha=1e5, epochs=40)))


@pytest.mark.parametrize("epoch", [None, 0, 7, 10**6])
def test_the_picture_marks_cuts_and_the_epoch(epoch):
    history = train(NETWORK)
    surface = loss_surface(history)
    data = {trace.name: trace for trace in checked(surface_figure(surface, history, epoch, "dark")).data}
    assert len(data["rate cut"].x) == len(history.cuts) > 0
    at = 40 if epoch is None or epoch > 40 else epoch
    assert (data[f"epoch {at}"].x[0], data[f"epoch {at}"].y[0]) == tuple(surface.path[at])
