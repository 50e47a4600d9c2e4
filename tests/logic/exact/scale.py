"""How much the property tests try; a long run multiplies it."""

from hypothesis import Phase, settings

from tests.soak import SOAK

REQUESTS = 12
"""Requests for each example."""
tried = settings(max_examples=60 * SOAK, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without shrinking: a failing pair of policies is small as it is, and shrinking one takes minutes."""
