"""Questions of the family: residency."""
