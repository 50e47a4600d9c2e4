"""The network controls on AWS."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.network.allowed import only_declared
from clover.controls.network.attested import signed_on_aws
from clover.controls.network.aws_endpoints import endpoints_pin_both_sides
from clover.controls.network.doors import no_other_door
from clover.controls.network.gateway import drops_the_rest
from clover.controls.network.paths import paths_out
from clover.controls.network.resolver import names_no_way_out

QUESTIONS: Mapping[str, Question] = {
    "NET-1": paths_out,
    "NET-2": drops_the_rest,
    "NET-3": only_declared,
    "NET-4": endpoints_pin_both_sides,
    "NET-5": names_no_way_out,
    "NET-6": no_other_door,
    "NET-7": signed_on_aws,
}
"""Each control's question on whether it holds."""
