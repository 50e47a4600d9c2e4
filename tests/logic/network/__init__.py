"""Sets of flows, rules and routes."""
