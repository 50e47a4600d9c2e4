"""The promise as data: zone files, stack files, and what they let a site declare."""
