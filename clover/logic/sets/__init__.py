"""Exact sets over atoms: fields of texts, boxes of atoms, and what is left of them. It knows no cloud."""
