"""AWS as its API tells of it: which calls, in which order, for which types."""
