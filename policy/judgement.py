"""One judgement a run: the whole stack is proved once, and each policy tells its control's part of it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_policy import ReportViolation, ResourceValidationArgs, StackValidationArgs
from settings import Settings, read_settings, zone_file
from shown import plain, shown

from clover.errors import BadInput
from clover.printable import printable

if TYPE_CHECKING:
    from clover.controls.proof import Proof
    from clover.sources import World

JUDGED = "stack-is-judged"
"""The policy whose configuration is the pack's."""
SOURCE = "the engine"
TOLD = ("refuted", "unknown")


class Judged(NamedTuple):
    """What came of a run: the verdicts that do not hold, and those that only wait for the first update."""

    stack: str
    failed: tuple[Any, ...]
    waiting: tuple[Any, ...]
    trouble: str | None


class Judgement:
    """Holds the inputs that were seen, and what came of the stack that was judged last."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._judged = Judged("", (), (), "no stack was judged")
        self._preparing: threading.Thread | None = None

    def see_secretly(self, args: ResourceValidationArgs) -> None:
        """Note a resource's inputs, secrets marked as such."""
        self._inputs[args.urn] = plain(args.props)

    def see(self, args: ResourceValidationArgs, _report: ReportViolation) -> None:
        """Note a resource's inputs where nobody has: here the SDK no longer says what is secret."""
        self._inputs.setdefault(args.urn, plain(args.props))

    def saw(self, urn: str) -> bool:
        """Whether a resource's inputs are noted."""
        return urn in self._inputs

    def tells(self, part: Callable[[Judged], Iterator[tuple[str, str | None]]]) -> Any:
        """A policy's validation, which reports its part of the judgement: messages, each with the URN it is about."""

        def validate(_args: StackValidationArgs, report: ReportViolation) -> None:
            for message, urn in part(self._judged):
                report(message, urn)

        return validate

    def prepare(self, stack: str, named: Mapping[str, str], told: Mapping[str, Any]) -> None:
        """Begin to load the prover, and to decide what a stack's zone alone decides."""
        self._preparing = threading.Thread(target=_prepare, args=(stack, named, told), daemon=True)
        self._preparing.start()

    def judge(self, resources: Iterable[Any], told: Mapping[str, Any]) -> None:
        """Prove the stack of these resources; whatever goes wrong is trouble, which stops the run."""
        if self._preparing:
            self._preparing.join()
        try:
            self._judged = self._proved(resources, read_settings(told))
        except BadInput as error:
            self._judged = Judged("", (), (), str(error))
        except Exception as error:  # noqa: BLE001 (whatever goes wrong here, nothing is proved)
            self._judged = Judged("", (), (), f"the pack failed: {type(error).__name__}: {error}")

    def _proved(self, resources: Iterable[Any], settings: Settings) -> Judged:
        from clover.sources.registered import is_first_preview, registered_world

        listed = [shown(each, self._inputs.get(each.urn)) for each in resources]
        world = registered_world(listed, settings.site, SOURCE)
        proof = _proof(world, settings)
        found = tuple(each for each in proof.verdicts if each.verdict.value in TOLD)
        waits = settings.advises_first and is_first_preview(world)
        waiting = tuple(each for each in found if waits and each.verdict.value == "unknown")
        failed = tuple(each for each in found if each not in waiting)
        return Judged(world.subjects[0].stack, failed, waiting, None)


def _proof(world: "World", settings: Settings) -> "Proof":
    """The proof of a world of one stack, with those of other hands that were told beside it."""
    from clover.controls.run import cases, prove_cases
    from clover.sources import read_world

    (subject,) = world.subjects
    whole = world.beside(read_world(settings.beside))
    asked = cases(whole, zone_file(settings.zone or subject.zone, subject.stack), settings.day)
    return prove_cases(whole.about(subject), asked[:1])


def _prepare(stack: str, named: Mapping[str, str], told: Mapping[str, Any]) -> None:
    """Prove the stack as if nothing was in it: what was found out on the way is found again when the engine asks.

    What is open is forgotten: the request that shows it is chosen by what else there is in the stack. What goes wrong
    here goes wrong again when the stack is judged, which says so.
    """
    with suppress(Exception):
        from clover.controls.aws_requests import keep_what_is_closed
        from clover.sources import Subject, World
        from clover.sources.world import SITE

        settings = read_settings(told)
        site, hand = settings.site or named.get("clover:site"), named.get("clover:kind", SITE)
        empty = Subject("", stack, site, named.get("clover:zone"), SOURCE, "", lab=False, hand=hand)
        try:
            _proof(World({empty: ()}), settings)
        finally:
            keep_what_is_closed()


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
