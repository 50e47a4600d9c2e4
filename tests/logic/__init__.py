"""The plain evaluator of single AWS requests."""
