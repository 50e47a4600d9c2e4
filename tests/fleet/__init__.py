"""Many stacks in one call: the same verdicts, whoever decides them, and whoever dies meanwhile."""
