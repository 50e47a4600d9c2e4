"""The network controls."""
