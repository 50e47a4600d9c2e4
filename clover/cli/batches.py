"""Batches of questions, one JSON object per line: read line by line, answered line by line."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from clover.cli.arguments import Parser
from clover.errors import BadInput, Place
from clover.logic.aws.reading import Malformed, read_object

LONGEST_LINE = 4 * 1024 * 1024
Answer = Callable[[dict[str, object]], dict[str, Any]]


def run(words: list[str], command: str, description: str, members: tuple[str, ...], answer: Answer) -> int:
    """Answer every line of the batch on standard output; 0 when all were answered.

    `members` have to be in every line beside its id, and `answer` makes the rest of the answer; it may raise
    Malformed. Raises BadInput that names the first line without an answer, after the rest were answered.
    """
    parser = Parser(prog=f"clover {command}", description=description)
    parser.add_argument("--batch", required=True, metavar="FILE.jsonl", help=f"one {' and '.join(members)} per line")
    batch = Path(parser.parse_args(words).batch)
    refused: list[BadInput] = []
    for number, line in _lines(batch):
        try:
            record = _record(line, members)
            sys.stdout.write(f"{json.dumps({'id': record['id'], **answer(record)})}\n")
            sys.stdout.flush()
        except Malformed as error:
            refused.append(BadInput(str(error), Place(str(batch), number)))
    if refused:
        _refuse(refused)
    return 0


def _refuse(refused: list[BadInput]) -> NoReturn:
    """Raise the first refusal, with the number of the others."""
    first, others = refused[0], len(refused) - 1
    more = f" (and {others} more line{'s' if others > 1 else ''})" if others else ""
    raise BadInput(first.message + more, first.place)


def _lines(batch: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, numbered from 1; raises BadInput when the file or a line cannot be read."""
    try:
        with batch.open("rb") as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise BadInput(f"the line is longer than {LONGEST_LINE} bytes", Place(str(batch), number))
                if line.strip():
                    yield number, line
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot be read: {reason}", Place(str(batch))) from error


def _record(line: bytes, members: tuple[str, ...]) -> dict[str, object]:
    """The line's object; raises Malformed where a member is missing."""
    record = read_object(_decoded(line), "line")
    for member in ("id", *members):
        if member not in record:
            raise Malformed(f"line: {member} is missing")
    identifier = record["id"]
    if isinstance(identifier, bool) or not isinstance(identifier, str | int):
        raise Malformed("line.id: expected a string or a whole number")
    return record


def _decoded(line: bytes) -> object:
    """The line's JSON; raises Malformed for anything that is not strict JSON in UTF-8."""
    try:
        return json.loads(line.decode(), object_pairs_hook=_object, parse_constant=_not_a_number)
    except Malformed:
        raise
    except UnicodeDecodeError as error:
        raise Malformed(f"line: not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"line: not JSON at column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("line: JSON nested too deeply, or a number too long") from error


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object in which no key stands twice: the policy grammar forbids it, and a request would be ambiguous."""
    read = dict(members)
    if len(read) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"line: the key {json.dumps(twice)} stands twice in one object")
    return read


def _not_a_number(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise Malformed(f"line: {name} is not JSON")
