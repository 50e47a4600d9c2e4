"""`python -m clover.lab.cloud --folder F`: run the daemon for the lab folder F until it is stopped."""

import sys

from clover.lab.cloud.daemon import main

sys.exit(main(sys.argv[1:]))
