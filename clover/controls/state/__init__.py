"""STA: who reaches the state of a site's stack, and whom the runners that do so are."""
