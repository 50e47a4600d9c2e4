"""`python -m clover.assessment`: print the published hosts, or compare an app's traffic with them."""

import argparse
import json
import sys
from pathlib import Path

import msgspec

from clover.assessment.hosts import Published, read_published
from clover.assessment.traffic import captured
from clover.errors import BadInput
from clover.printable import printable

BAD_INPUT = 64
EPILOG = """PUBLISHED is a clover.hosts/1 document or the export of the auditor's stack; CAPTURE is an HTTP archive, a
JSON list, or text with a host or URL on each line. Exit of compare: 0 all are published, 1 some are not, 64 bad
input."""


def main(words: list[str]) -> int:
    """Run one verb; 64 with one line on standard error for bad input."""
    parser = argparse.ArgumentParser(prog="python -m clover.assessment", description=__doc__, epilog=EPILOG)
    verbs = parser.add_subparsers(dest="verb", required=True)
    shown = verbs.add_parser("hosts", help="print the published hosts as a document of their own")
    compared = verbs.add_parser("compare", help="name the hosts of a capture that are not published")
    for verb in (shown, compared):
        verb.add_argument("published", type=Path, metavar="PUBLISHED")
    compared.add_argument("capture", type=Path, metavar="CAPTURE")
    compared.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(words)
    try:
        published = read_published(asked.published)
        if asked.verb == "hosts":
            sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(published), indent=2).decode()}\n")
            return 0
        return compare(published, asked.capture, asked.format)
    except BadInput as error:
        sys.stderr.write(f"clover.assessment: {printable(str(error))}\n")
        return BAD_INPUT


def compare(published: Published, capture: Path, form: str) -> int:
    """Say of each captured host whose it is; 1 where one is nobody's."""
    found = {host: published.covering(host) for host in captured(capture)}
    outside = [host for host, covered in found.items() if covered is None]
    if form == "json":
        told = {"zone": published.zone, "published": found, "outside": outside}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{host}: {covered or 'OUTSIDE'}\n" for host, covered in found.items())
        sys.stdout.write(f"{len(found)} hosts, {len(outside)} outside of what is published for {published.zone}\n")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
