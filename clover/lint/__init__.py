"""Rules of other scanners that a site cannot satisfy without breaking residency."""
