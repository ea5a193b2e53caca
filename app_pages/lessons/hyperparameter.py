"""Stub."""

from lrviz import ui

lab = ui.open_lesson("hyperparameter")
ui.player(lab)
ui.onward(lab)
