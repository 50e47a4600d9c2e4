"""Questions of the family: audit."""
