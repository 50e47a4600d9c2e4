"""What a worker does: look at one file, or decide one stack; everything that it needs comes with the task."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from clover.controls.proof import ProvedSubject, SiteProof
from clover.controls.run import Surroundings, cases_within, prove_cases
from clover.errors import BadInput, Place
from clover.fleet.identity import prover_digest
from clover.sources import Subject, read_world


class File(NamedTuple):
    """A file of the world; the worker reads it itself where its content does not come along."""

    name: str
    content: bytes | None = None


class Task(NamedTuple):
    """One stack to be decided: its file, those of the stacks that its proofs may lean on, and what judges them.

    `around` holds the surroundings of each of these stacks by project and name; `prover` is who has to decide.
    """

    file: File
    beside: tuple[File, ...]
    around: Mapping[tuple[str, str], Surroundings]
    day: date
    prover: str


class Decided(NamedTuple):
    """What came of a stack."""

    subject: ProvedSubject
    proof: SiteProof


class Refused(NamedTuple):
    """Why there are no verdicts on a file: the message of the BadInput that a call on it alone would raise."""

    message: str
    place: Place | None


def look_at(name: str) -> Subject | Refused:
    """Whose stack a file holds."""
    try:
        return read_world([Path(name)]).subjects[0]
    except BadInput as error:
        return Refused(error.message, error.place)
    except RecursionError:
        return Refused("is nested too deeply", Place(name))


def decide_on(task: Task) -> Decided | Refused:
    """The verdicts on one stack, in the world of the files that come with it."""
    if task.prover != prover_digest():
        return Refused("a worker has another version of clover than this: install the same on all", None)
    files = (task.file, *task.beside)
    try:
        world = read_world(
            [Path(file.name) for file in files],
            {Path(file.name): file.content for file in files if file.content is not None},
        )
        asked = cases_within(world, lambda subject: task.around[subject.project, subject.stack], task.day)
        found = prove_cases(world.about(world.subjects[0]), asked[:1])
        return Decided(found.subjects[0], found.sites[0])
    except BadInput as error:
        return Refused(error.message, error.place)
