"""Tests of the command, as a user calls it."""
