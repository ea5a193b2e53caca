"""Keras on JAX in float64, all the way through.

Import ``keras`` from here: the settings only count before Keras and JAX are loaded.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
# Off the tensorflow backend Keras turns float64 into float32 inside ops.cos, floor and ceil, which leaves its
# cosine schedules with seven digits.  This is the entry Keras itself uses on tensorflow.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

__all__ = ["keras"]
