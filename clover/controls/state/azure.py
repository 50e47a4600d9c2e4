"""STA-1 to STA-3 on Azure, where no component declares a backend yet: none of them is decided."""

from collections.abc import Iterator, Mapping

from clover.controls.case import Case, Question
from clover.controls.verdict import Answer, unknown


def not_decided(case: Case) -> Iterator[Answer]:
    """STA-1, STA-2 and STA-3: unknown, whatever is declared."""
    yield unknown(f"whether this holds of {case.site.title} on Azure is decided by nobody yet")


QUESTIONS: Mapping[str, Question] = dict.fromkeys(("STA-1", "STA-2", "STA-3"), not_decided)
