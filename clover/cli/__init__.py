"""The `clover` command: arguments and dispatch; each verb's code is imported when it is asked for."""

import os
import sys
from importlib import import_module

from clover import __version__
from clover.errors import BadInput
from clover.printable import printable

BAD_INPUT = 64
VERBS = ("attest", "audit", "compare", "diff", "explain", "lab", "lint-rules", "prove", "report", "simulate", "verify")
"""Each has a module of its own here, with a function `run` that takes the rest of the line."""

USAGE = """usage: clover COMMAND …
  prove FILE…                              decide every control of the stacks in plans and states
  explain FILE… --id ID                    why one verdict is what it is
  diff BEFORE AFTER                        what a change widens and narrows, with a witness of each
  report FILE… --out DIR                   the auditor's dossier of the stacks
  attest FILE --until DATE --out DOCUMENT  sign what the auditor's own stack declares
  audit SITE                               decide every control of a live site, with the auditor's credentials
  verify DIR                               check a dossier, offline
  lint-rules FILE                          rules of another scanner that would break residency
  lab up|preview|refresh|destroy STACK…    the stacks in the embedded cloud
  lab env | status | stop                  settings for raw pulumi; the cloud's state; end it
  simulate --batch FILE.jsonl              decide single AWS requests
  compare --batch FILE.jsonl               what a policy allows that another does not
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 64 with one line on standard error for bad input."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _dispatch(words)
    except BadInput as error:
        sys.stderr.write(f"clover: {printable(str(error))}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    """Hand the rest of the line to the command's own module."""
    match words:
        case [verb, *rest] if verb in VERBS:
            return import_module(f"clover.cli.{verb.replace('-', '_')}").run(rest)
        case ["--version"]:
            sys.stdout.write(f"clover {__version__}\n")
        case ["-h" | "--help", *_] | []:
            sys.stdout.write(USAGE)
        case _:
            raise BadInput(f"unknown command {words[0][:80]!r}: see clover --help")
    return 0
