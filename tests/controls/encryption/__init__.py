"""Questions of the family: encryption."""
