"""Exact sets of requests, set against the plain evaluator."""
