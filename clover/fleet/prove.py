"""Prove many stacks: the same world, and the same verdicts, as one call that decides one after another.

A site's proofs lean on its own stack and on those of the other hands, never on another site's: so each stack is decided
by itself, beside the stacks that are no site's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from clover.controls.proof import Proof
from clover.controls.run import Surroundings, surroundings
from clover.errors import BadInput, Place
from clover.fleet.identity import prover_digest
from clover.fleet.lost import undecided
from clover.fleet.processes import Lost, alone, on_processes
from clover.fleet.scheduler import on_scheduler, refuse_open
from clover.fleet.task import Decided, File, Refused, Task, decide_on, look_at
from clover.sources import Subject
from clover.sources.world import refuse_twice
from clover.zones.vocabulary import StackKind

Around = Mapping[tuple[str, str], Surroundings]
Tell = Callable[[int], None]
Found = TypeVar("Found", Subject, Decided)


def prove_fleet(
    files: Sequence[Path], zone: str | None, day: date, scheduler: str | None = None, tell: Tell | None = None
) -> Proof:
    """Decide every control of every stack, on this machine's cores or a scheduler's workers; BadInput as `prove` does.

    `tell` is called with the number of stacks that are decided. A stack whose processes have all died is unknown.
    """
    if scheduler:
        refuse_open(scheduler)
    subjects = list(_looked_at(files))
    around = _surroundings(subjects, zone)
    tasks = [_task(subject, subjects, around, day) for subject in subjects]
    results = _results(tasks, scheduler, tell or (lambda _: None))
    decided = [_decided(*each, around) for each in zip(results, subjects, strict=True)]
    return Proof(subjects=tuple(each.subject for each in decided), sites=tuple(each.proof for each in decided))


def _looked_at(files: Sequence[Path]) -> Iterator[Subject]:
    """Whose stacks the files hold; BadInput for the first that holds none, or one that another holds."""
    found: list[Subject] = []
    for file, each in zip(files, on_processes(look_at, list(map(str, files)), lambda _: None), strict=True):
        if isinstance(each, Lost):
            raise BadInput("cannot be read: whatever reads it dies", Place(str(file)))
        subject = _or_refused(each)
        found.append(subject)
        refuse_twice(found)
        yield subject


def _surroundings(subjects: Sequence[Subject], zone: str | None) -> Around:
    """What each stack is judged by; a zone is read once."""
    alike = {(each.project, each.stack): (each.zone, each.lab, each.planned) for each in subjects}
    found: dict[tuple[str | None, bool, bool], Surroundings] = {}
    for each in subjects:
        if (kind := alike[each.project, each.stack]) not in found:
            found[kind] = surroundings(each, zone)
    return {stack: found[kind] for stack, kind in alike.items()}


def _task(subject: Subject, subjects: Sequence[Subject], around: Around, day: date) -> Task:
    """What decides one stack: with it come the stacks that are no site's."""
    beside = [each for each in subjects if each != subject and not _is_site(each)]
    known = {key: around[key] for key in ((each.project, each.stack) for each in (subject, *beside))}
    return Task(File(subject.source), tuple(File(each.source) for each in beside), known, day, prover_digest())


def _is_site(subject: Subject) -> bool:
    """Whether a stack is a site's."""
    return subject.hand == StackKind.SITE.value


def _results(tasks: Sequence[Task], scheduler: str | None, tell: Tell) -> Sequence[Decided | Refused | Lost]:
    """What came of each task; what is lost on a scheduler is tried here once more."""
    if scheduler is None:
        return on_processes(decide_on, tasks, tell)
    found = on_scheduler(scheduler, decide_on, [partial(_with_contents, task) for task in tasks], tell)
    return [alone(decide_on, task) if isinstance(each, Lost) else each for each, task in zip(found, tasks, strict=True)]


def _with_contents(task: Task) -> Task:
    """The task for a worker that may be on another machine."""
    file, *beside = (each._replace(content=_content(Path(each.name))) for each in (task.file, *task.beside))
    return task._replace(file=file, beside=tuple(beside))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", Place(str(path))) from None


def _decided(result: Decided | Refused | Lost, subject: Subject, around: Around) -> Decided:
    """What came of a stack; BadInput where its file holds something else by now."""
    if isinstance(result, Lost):
        return undecided(subject, around[subject.project, subject.stack].zone)
    found = _or_refused(result)
    if found.subject.digest != subject.digest:
        raise BadInput("has changed while it was read", Place(subject.source))
    return found


def _or_refused(result: Found | Refused) -> Found:
    """The result; BadInput where it is a refusal."""
    if isinstance(result, Refused):
        raise BadInput(result.message, result.place)
    return result
