"""Policy documents: pure functions from facts to documents, with no knowledge of Pulumi."""
