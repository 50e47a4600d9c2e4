"""The incident controls on Azure: no component declares a monitor or a channel there yet, and nothing proves one."""

from collections.abc import Iterator, Mapping

from clover.controls.case import Case, Question
from clover.controls.incidents.watched import Watched, each_watched
from clover.controls.verdict import Answer, assumed

MISSING = "nothing watches a vault on Azure yet: the auditor attests how it hears of incidents"


def not_watched(case: Case) -> Iterator[Answer]:
    """INC-1 to INC-3: what the auditor has to attest."""
    yield from each_watched(case, _attested)


def _attested(watched: Watched) -> Iterator[Answer]:  # noqa: ARG001  of every site the same
    yield assumed(MISSING)


QUESTIONS: Mapping[str, Question] = dict.fromkeys(("INC-1", "INC-2", "INC-3"), not_watched)
"""Each control's question on whether it holds."""
