"""Train a line with the real Keras and keep what it logs: CSVLogger's file and ``History.history``, as they are."""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

FOLDER = Path(__file__).parents[1] / "replay" / "histories"

if __name__ == "__main__":
    keras.utils.set_random_seed(2026)
    x = np.linspace(-1, 1, 64)[:, None]
    y = 2 * x + 0.5 * np.random.default_rng(0).standard_normal(x.shape)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.3), loss="mse")
    logger = keras.callbacks.CSVLogger(FOLDER / "keras_csv_logger.csv")
    plateau = keras.callbacks.ReduceLROnPlateau(patience=1, min_delta=0.3)
    # The callback writes the rate into the log, and comes before those that read it.
    trained = model.fit(
        x[::2], y[::2], validation_data=(x[1::2], y[1::2]), epochs=8, callbacks=[plateau, logger], verbose=0
    )
    (FOLDER / "keras_history.json").write_text(json.dumps(trained.history))
