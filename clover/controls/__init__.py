"""The controls: each a question to the declared resources, answered with a verdict and what it rests on."""
