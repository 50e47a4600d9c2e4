"""Facts about Azure resource types, operations and roles."""
