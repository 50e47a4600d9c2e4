"""The language host that the engine asks to run the Python program, for machines without an official Pulumi."""
