"""Many stacks in one call: the same verdicts as one after another, by several processes or machines."""
