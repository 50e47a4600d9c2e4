"""Where the Pulumi engine comes from: the official one on PATH, or one built from pinned Go modules."""
