"""Which way a packet goes and which rule decides on it, over exact sets; no cloud resource is known here."""
