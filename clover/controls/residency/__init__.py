"""RES: where data lies, where copies of it may go, who reads it, and from where."""
