"""The plain evaluators of single Azure requests."""
