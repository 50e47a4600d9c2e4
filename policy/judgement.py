"""One judgement a run: the whole stack is proved once, and each policy tells its control's part of it."""

import gc
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from pulumi_policy import ReportViolation, ResourceValidationArgs, StackValidationArgs
from settings import Settings, read_settings, zone_file
from shown import plain, shown

from clover.errors import BadInput
from clover.printable import printable

SOURCE = "the engine"
TOLD = ("refuted", "unknown")


class Judged(NamedTuple):
    """What came of a run: the verdicts that do not hold, and those that only wait for the first update."""

    stack: str
    failed: tuple[Any, ...]
    waiting: tuple[Any, ...]
    trouble: str | None


class Judgement:
    """Holds the inputs that were seen, and the judgement of the run until a policy asks for another."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._config: Mapping[str, Any] = {}
        self._judged: Judged | None = None
        self._asked: set[str] = set()

    def see_secretly(self, args: ResourceValidationArgs) -> None:
        """Note a resource's inputs, secrets marked as such."""
        self._inputs[args.urn] = plain(args.props)

    def see(self, args: ResourceValidationArgs, _report: ReportViolation) -> None:
        """Note a resource's inputs where nobody has: here the SDK no longer says what is secret."""
        self._inputs.setdefault(args.urn, plain(args.props))

    def tells(self, policy: str, part: Callable[[Judged], Iterator[tuple[str, str | None]]]) -> Any:
        """A policy's validation, which reports its part of the judgement: messages, each with the URN it is about."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            for message, urn in part(self._of(policy, args)):
                report(message, urn)

        return validate

    def _of(self, policy: str, args: StackValidationArgs) -> Judged:
        """The run's judgement: policies of one run ask one after another, so whoever asks again is in another run."""
        if self._judged is None or policy in self._asked:
            self._asked.clear()
            self._judged = self._judge(args)
        self._asked.add(policy)
        return self._judged

    def _judge(self, args: StackValidationArgs) -> Judged:
        """Prove the stack; whatever goes wrong is trouble, which stops the run."""
        try:
            with _without_collecting():
                return self._proved(args, read_settings(args.get_config()))
        except BadInput as error:
            return Judged("", (), (), str(error))
        except Exception as error:  # noqa: BLE001 (whatever goes wrong here, nothing is proved)
            return Judged("", (), (), f"the pack failed: {type(error).__name__}: {error}")

    def _proved(self, args: StackValidationArgs, settings: Settings) -> Judged:
        from clover.controls.run import cases, prove_cases
        from clover.sources import read_world
        from clover.sources.registered import is_first_preview, registered_world

        resources = [shown(each, self._inputs.get(each.urn)) for each in args.resources]
        world = registered_world(resources, settings.site, SOURCE)
        (subject,) = world.subjects
        whole = world.beside(read_world(settings.beside))
        asked = cases(whole, zone_file(settings.zone or subject.zone, subject.stack), settings.day)
        proof = prove_cases(whole.about(subject), asked[:1])
        found = tuple(each for each in proof.verdicts if each.verdict.value in TOLD)
        waits = settings.advises_first and is_first_preview(world)
        waiting = tuple(each for each in found if waits and each.verdict.value == "unknown")
        failed = tuple(each for each in found if each not in waiting)
        return Judged(subject.stack, failed, waiting, None)


@contextmanager
def _without_collecting() -> Generator[None]:
    """Leave garbage alone for the second that a proof takes: looking for it takes a tenth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def of_control(control: str) -> Callable[[Judged], Iterator[tuple[str, str | None]]]:
    """The part of one control: its verdicts that fail, in the words of `clover prove`."""
    from clover.report.text import paragraph

    def part(judged: Judged) -> Iterator[tuple[str, str | None]]:
        for verdict in judged.failed:
            if verdict.control == control:
                yield "\n".join(map(printable, paragraph(judged.stack, verdict))), verdict.resource

    return part


def of_trouble(judged: Judged) -> Iterator[tuple[str, str | None]]:
    """The part that says why nothing could be judged."""
    if judged.trouble is not None:
        yield printable(judged.trouble), None


def of_waiting(judged: Judged) -> Iterator[tuple[str, str | None]]:
    """The part that names what is unknown until the first update, by control."""
    controls = [verdict.control for verdict in judged.waiting]
    if controls:
        counts = ", ".join(f"{controls.count(each)} of {each}" for each in dict.fromkeys(controls))
        yield f"{judged.stack}: {len(controls)} verdicts are unknown until it has been made: {counts}", None
