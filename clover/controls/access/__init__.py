"""The controls of approved employees: what a gate opens, to whom, and that nobody stands inside already (ACC)."""
