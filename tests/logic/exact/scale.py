"""How much the property tests try; a long run multiplies it."""

from hypothesis import Phase, settings

from tests.soak import SOAK, soaked

REQUESTS = 12
"""Requests for each example of a comparison."""
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
tried = settings(max_examples=60 * SOAK, phases=PHASES)
"""Without shrinking: a failing pair of policies is small as it is, and shrinking one takes minutes."""

DECIDED = soaked(2_000, 100_000)
"""Requests that each test of membership decides both ways, at least."""
EACH = 24
"""Requests for each of its examples."""
enough = settings(max_examples=DECIDED * 3 // (EACH * 2), phases=PHASES)
