"""`clover verify`: check a dossier offline."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from clover.dossier.check import Asked, Dossier


def run(words: list[str]) -> int:
    """Print why the dossier is refused, a line each, or what is accepted; 0 accepted, 1 refused."""
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
    parser.add_argument("--chain", type=Path, nargs="+", default=[], metavar="DIR", help="the dossiers before it")
    arguments = parser.parse_args(words)
    try:
        from clover.dossier import check
        from clover.dossier.signing import public_key
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is not installed: pip install 'clover[report]'") from None
    keys = [public_key(path) for path in arguments.key]
    asked = _asked(arguments.site, arguments.zone, arguments.max_age)
    try:
        found = check.opened_folder(arguments.folder)
        earlier = [check.opened_folder(path) for path in arguments.chain]
    except check.Refused as why:
        sys.stdout.write(f"refused: {why}\n")
        return 1
    problems = list(check.problems(found, keys, asked, earlier))
    lines = [f"refused: {problem}" for problem in problems] or list(_accepted(found, keys, bool(earlier)))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if problems else 0


def _asked(site: str | None, zone: str | None, age: str | None) -> "Asked":
    from clover.dossier.check import Asked

    name, zone_digest = _zone(zone)
    return Asked(site, name, zone_digest, datetime.now(UTC).date(), _days(age))


def _accepted(found: "Dossier", keys: "Sequence[Ed25519PublicKey]", chained: bool) -> Iterator[str]:
    """What was accepted, and how much that is worth."""
    from clover.dossier.check import trusted_signers

    predicate = found.statement.predicate
    sites = ", ".join(site.site for site in predicate.sites)
    yield f"accepted: {sites}, judged on {predicate.as_of}: {_worth(trusted_signers(found, keys), bool(keys))}"
    if "lab" in predicate.basis:
        yield "lab, not evidence: it is about an emulated cloud"
    if predicate.previous and not chained:
        yield f"chain not checked: the previous dossier is {predicate.previous}"


def _worth(signers: Sequence[str], checked: bool) -> str:
    if not signers:
        return "unsigned, whoever can write the folder can have made it"
    kind = "attested by the auditor" if "auditor" in signers else "self-declared by the operator"
    return kind if checked else f"{kind}, by a key that came with it and that nobody has checked (--key)"


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
