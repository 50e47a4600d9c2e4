"""AUD: what the auditor reads, what the auditor never reads, and who becomes the auditor."""
