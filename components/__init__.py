"""Reusable components: one package per cloud, the same names on every cloud."""
