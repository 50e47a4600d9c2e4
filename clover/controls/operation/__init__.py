"""What has to be allowed, so that what is locked can still be run."""
