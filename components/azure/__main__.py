"""Serve the components as the package `clover-azure`: the engine runs this folder, wherever the checkout lies."""

import sys
from pathlib import Path

# Python puts the folder it runs first: modules such as `site` there would hide others, and `components` is not found.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from components import package  # noqa: E402

package.serve("azure")
