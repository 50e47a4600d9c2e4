"""Scanners that others wrote, asked about what the lab holds."""
