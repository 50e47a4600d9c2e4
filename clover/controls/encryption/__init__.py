"""KEY: whose keys data lies under, what form they have, who uses and who administers them."""
