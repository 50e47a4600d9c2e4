"""Which ways lead into and out of a site, and what may go along them."""
