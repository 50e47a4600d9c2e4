"""Access logic: it knows policies, sets and requests, and no resource of any stack."""
