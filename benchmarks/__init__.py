"""Figures: measured, never asserted."""
