"""Stub."""

from lrviz import ui

lab = ui.open_lesson("schedules")
ui.player(lab)
ui.onward(lab)
