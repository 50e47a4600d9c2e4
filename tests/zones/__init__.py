"""Tests of zone and stack files."""

from datetime import date
from pathlib import Path

PROJECT = Path(__file__).parents[2]

TODAY = date(2026, 11, 1)
"""The day that tests are about: after the sample attestations, before their end."""
