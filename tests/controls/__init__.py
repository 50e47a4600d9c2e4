"""The controls on deployed sites, and on every change of one of their resources."""
