"""Laundering, planted: one module per family of typologies, a stage on which they play.

Parameters are drawn from distributions of this room's own, read from published cases (FATF
typology reports, Egmont's hundred cases); the detector's catalogue is not looked at.
"""
