"""How much the property tests try: CLOVER_SOAK multiplies it for long runs."""

import os

from hypothesis import Phase, settings

SOAK = int(os.environ.get("CLOVER_SOAK", "1"))
REQUESTS = 12
"""Requests for each example."""
tried = settings(max_examples=60 * SOAK, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without shrinking: a failing pair of policies is small as it is, and shrinking one takes minutes."""
