"""Tests of what changes mean."""
