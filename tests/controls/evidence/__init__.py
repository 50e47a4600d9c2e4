"""The evidence controls."""
