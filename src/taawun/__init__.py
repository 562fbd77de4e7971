"""Taawun (تعاون, cooperation): authorities find, trace and stop laundered money together."""

__version__ = "0.1.0"
