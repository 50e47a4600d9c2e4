"""Clover: residency controls that are declared, refused when forbidden, and proved."""

__version__ = "0.1.0"
