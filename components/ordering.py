"""Order without lost knowledge: a name that is known in a preview, and handed on only when its guards exist."""

from collections.abc import Sequence

import pulumi


def once_created(value: pulumi.Input[str], guards: Sequence[pulumi.Resource]) -> pulumi.Output[str]:
    """`value`, delivered only after every guard is created; whoever takes it depends on all of them.

    The guards' URNs carry the wait: unlike their ids, URNs are known in a preview, so that `value` stays known too.
    """
    return pulumi.Output.all(value, *(guard.urn for guard in guards)).apply(_first)


def _first(values: Sequence[str]) -> str:
    """The value itself, without the URNs that were waited for."""
    return values[0]
