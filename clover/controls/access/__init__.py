"""The controls of approved employees: what a gate opens, to whom, who stands inside, and the break-glass (ACC)."""
