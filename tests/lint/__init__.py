"""Tests of the linter of other scanners' rules."""
