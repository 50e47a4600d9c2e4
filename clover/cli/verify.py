"""`clover verify`: check a dossier offline."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.errors import BadInput
from clover.printable import printable

if TYPE_CHECKING:
    from clover.dossier.check import Asked, Dossier
    from clover.dossier.keys import PublicKey


def run(words: list[str]) -> int:
    """Print why the dossier is refused, a line each, or what is accepted; 0 accepted, 1 refused."""
    arguments = _parser().parse_args(words)
    try:
        from clover.dossier import check
        from clover.dossier.keys import public_key
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is not installed: pip install 'clover[report]'") from None
    keys = [public_key(path) for path in arguments.key]
    asked = _asked(arguments.site, arguments.zone, arguments.max_age)
    try:
        found = check.opened_folder(arguments.folder)
        earlier = [check.opened_folder(path) for path in arguments.chain if not path.is_file()]
    except check.Refused as why:
        sys.stdout.write(f"refused: {printable(str(why))}\n")
        return 1
    lodged = [head for path in arguments.chain if path.is_file() for head in _heads(path)]
    problems = list(check.problems(found, keys, asked, earlier, lodged))
    lines = [f"refused: {problem}" for problem in problems] or list(_accepted(found, keys, bool(earlier)))
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    return 1 if problems else 0


def _parser() -> Parser:
    parser = Parser(prog="clover verify", description="Check a dossier, offline: its bytes, signatures, day and chain.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="PUB",
        help="a public key in PEM that has to have signed",
    )
    parser.add_argument("--site", help="the site that it has to be about")
    parser.add_argument("--zone", help="the zone's name, or its file: then its very bytes count")
    parser.add_argument("--max-age", metavar="D", help="days since it was judged, such as 30 or 30d")
    parser.add_argument(
        "--chain",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="the dossiers before it, or a file of lodged heads",
    )
    return parser


def _asked(site: str | None, zone: str | None, age: str | None) -> "Asked":
    from clover.dossier.check import Asked

    name, zone_digest = _zone(zone)
    return Asked(site, name, zone_digest, datetime.now(UTC).date(), _days(age))


def _accepted(found: "Dossier", keys: "Sequence[PublicKey]", chained: bool) -> Iterator[str]:
    """What was accepted, how much that is worth, and what the next dossier is to be chained to."""
    from clover.dossier.check import attestation_of, signatures_of

    predicate = found.statement.predicate
    sites = ", ".join(site.site for site in predicate.sites)
    signed = signatures_of(found, keys)
    trusted = tuple(each.who for each in signed if each.given or not keys)
    yield f"accepted: {sites}, judged on {predicate.as_of}: {_worth(trusted, bool(keys))}"
    if "lab" in predicate.basis:
        yield "lab, not evidence: it is about an emulated cloud"
    for each in signed:
        told = "a key that was given" if each.given else "a key that came with it"
        yield f"signature of the {each.who}: {told}, {each.key}"
    found_again = attestation_of(found)
    if found_again:
        live = ", ".join(f"{one.site} ({one.basis})" for one in found_again.predicate.readings)
        yield f"proved again by the auditor: from the plan, {f'and live: {live}' if live else 'without a live reading'}"
        yield from (
            f"weaker live, at {one.site}: {', '.join(one.weaker)}"
            for one in found_again.predicate.readings
            if one.weaker
        )
    for site in predicate.sites:
        yield f"source of {site.site}: {site.source}{f', written {site.source_written}' if site.source_written else ''}"
    if predicate.previous and not chained:
        yield f"chain not checked: the previous dossier is {predicate.previous}"
    yield f"head of the chain: {found.digest}"


def _worth(signers: Sequence[str], checked: bool) -> str:
    if not signers:
        return "unsigned, whoever can write the folder can have made it"
    kind = "attested by the auditor" if "auditor" in signers else "self-declared by the operator"
    return kind if checked else f"{kind}, by a key that came with it and that nobody has checked (--key)"


def _heads(path: Path) -> list[str]:
    """The digests in a file of lodged heads, the first word of each line; BadInput for anything else."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path} is no file of lodged heads") from None
    heads = [line.split()[0] for line in lines if line.strip()]
    if not heads or not all(re.fullmatch("[0-9a-f]{64}", head) for head in heads):
        raise BadInput(f"{path} is no file of lodged heads: each line begins with a SHA-256")
    return heads


def _zone(wanted: str | None) -> tuple[str | None, str | None]:
    """The zone's name, and its digest where a file was named."""
    if wanted is None or Path(wanted).suffix != ".yaml":
        return wanted, None
    from clover.zones.zone import load_zone

    if not Path(wanted).is_file():
        raise BadInput(f"--zone {wanted}: there is no such file")
    zone = load_zone(Path(wanted))
    return zone.name, zone.digest


def _days(text: str | None) -> int | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6})d?", text)
    if not match:
        raise BadInput(f"--max-age {text!r} is no number of days such as 30")
    return int(match[1])
