"""Figures of the lessons, each in the module of its lesson's key."""
