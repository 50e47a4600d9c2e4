"""Who makes a request, as words: the caller's kind as a marker, then its ARN or name.

A role session is the role's ARN, a marker, and the session's name; so the role's path takes part. A session whose role
path nobody gave is a kind of its own: its role is told by name alone.
Source: IAM User Guide, "AWS JSON policy elements: Principal" and "IAM identifiers".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from clover.logic.sets.patterns import (
    ANYTHING,
    Element,
    Language,
    Pattern,
    SymbolClass,
    Word,
    pattern,
    text,
    text_ignoring_case,
)

ANONYMOUS, USER, ROOT, ROLE, SESSION = "<anonymous>", "<user>", "<root>", "<role>", "<session>"
BARE_SESSION, FEDERATED_USER, PROVIDER, HOST = "<session without path>", "<federated user>", "<provider>", "<host>"
NAMED = "<named>"
"""The marker between a role's ARN and the name of its session."""
SERVICE_LINKED = "config.amazonaws.com/AWSServiceRoleForConfig"
"""A service-linked role, as AWS names it."""
IN_ACCOUNT = (USER, ROOT, ROLE, SESSION, BARE_SESSION, FEDERATED_USER)
BEARERS = (USER, ROLE, SESSION, BARE_SESSION)
"""The kinds that have nothing but what policies of their own give them."""
SERVICE_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal")
TYPES = {ANONYMOUS: "Anonymous", USER: "User", ROOT: "Account", FEDERATED_USER: "FederatedUser"} | dict.fromkeys(
    (ROLE, SESSION, BARE_SESSION), "AssumedRole"
)

DIGITS = SymbolClass(frozenset("0123456789"))
NO_SLASH = SymbolClass(frozenset("/"), negated=True)
IN_HOST = SymbolClass(frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"))
IN_HOSTS = SymbolClass(IN_HOST.symbols | {"."})
TEXT = [Element(SymbolClass(negated=True)), Element(SymbolClass(negated=True), repeated=True)]
PART = [Element(NO_SLASH), Element(NO_SLASH, repeated=True)]
PATHS: tuple[list[Element], ...] = ([], [Element(SymbolClass(negated=True), repeated=True), *text("/")])
"""Nothing, or a path with its last slash."""
ANYBODY: Language = (pattern([ANYTHING]),)
ACCOUNT_OR_ROOT = re.compile(r"(?:arn:([^:]+):iam::)?([0-9]{12})(?(1):root)")
ENTITY = re.compile(r"arn:([^:]+):(iam|sts)::([0-9]{12}):([a-z-]+)/(.+)", re.DOTALL)
PRINCIPAL = re.compile(r"arn:([a-z-]+):(iam|sts)::([0-9]{12}):([a-z-]+)(?:/(.+))?", re.DOTALL)
PARTITION = re.compile(r"arn:([a-z-]+):(?:iam|sts)::[0-9]{12}:")
HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
KINDS = {
    ("iam", "root"): ROOT,
    ("iam", "user"): USER,
    ("iam", "role"): ROLE,
    ("sts", "assumed-role"): BARE_SESSION,
    ("sts", "federated-user"): FEDERATED_USER,
    ("iam", "saml-provider"): PROVIDER,
    ("iam", "oidc-provider"): PROVIDER,
}


def kinds(*names: str) -> list[Element]:
    """One of the markers."""
    return [Element(SymbolClass(frozenset(names)))]


def of_kinds(*names: str) -> Language:
    """Every caller of the kinds."""
    return (pattern([*kinds(*names), ANYTHING]),)


@cache
def everybody(partitions: tuple[str, ...], *, bare: bool, sessions: bool) -> Language:
    """Every caller there can be, in the partitions given; sessions without and with their role's path if wanted."""
    digits = [Element(DIGITS)] * 12
    found = [pattern(kinds(ANONYMOUS)), *_hosts()]
    for partition in partitions:
        iam, sts = ([*text(f"arn:{partition}:{service}::"), *digits] for service in ("iam", "sts"))
        found += [
            pattern([*kinds(ROOT), *iam, *text(":root")]),
            pattern([*kinds(USER), *iam, *text(":user/"), *TEXT]),
            pattern([*kinds(ROLE), *iam, *text(":role/"), *TEXT]),
            pattern([*kinds(FEDERATED_USER), *sts, *text(":federated-user/"), *TEXT]),
            *(pattern([*kinds(PROVIDER), *iam, *text(f":{kind}-provider/"), *TEXT]) for kind in ("saml", "oidc")),
        ]
        if bare:
            found.append(pattern([*kinds(BARE_SESSION), *sts, *text(":assumed-role/"), *PART, *text("/"), *TEXT]))
        for path in PATHS if sessions else ():
            role = [*iam, *text(":role/"), *path, *PART]
            found.append(pattern([*kinds(SESSION), *role, *kinds(NAMED), *TEXT]))
    return tuple(found)


def _hosts() -> list[Pattern]:
    """Services and web identity providers: names with a dot in them."""
    one, more = Element(IN_HOST), Element(IN_HOSTS, repeated=True)
    return [pattern([*kinds(HOST), one, more, *text("."), one, Element(IN_HOST, repeated=True)])]


def services() -> Language:
    """Every AWS service."""
    return tuple(pattern([*kinds(HOST), ANYTHING, *text_ignoring_case(suffix)]) for suffix in SERVICE_SUFFIXES)


def of_account(account: str, partition: str | None = None) -> Language:
    """Every caller of an account, in any partition unless one is given."""
    any_partition = Element(SymbolClass(frozenset(":"), negated=True), repeated=True)
    within = [any_partition] if partition is None else text(partition)
    iam, sts = ([*text("arn:"), *within, *text(f":{service}::{account}:"), ANYTHING] for service in ("iam", "sts"))
    return (pattern([*kinds(USER, ROOT, ROLE, SESSION), *iam]), pattern([*kinds(BARE_SESSION, FEDERATED_USER), *sts]))


@lru_cache(maxsize=1024)
def direct(names: tuple[tuple[str, str], ...]) -> Language:
    """The callers that the list names themselves, or with everybody."""
    return _union(_direct(kind, name) for kind, name in names)


@lru_cache(maxsize=1024)
def as_entity(names: tuple[tuple[str, str], ...]) -> Language:
    """The role sessions whose role the list names, and the federated sessions whose user it names."""
    return _union(_as_entity(name) for kind, name in names if kind == "AWS")


@lru_cache(maxsize=1024)
def by_account(names: tuple[tuple[str, str], ...]) -> Language:
    """The callers whose account the list names."""
    found = (ACCOUNT_OR_ROOT.fullmatch(name) for kind, name in names if kind == "AWS")
    return _union(of_account(each[2], each[1]) for each in found if each)


@lru_cache(maxsize=1024)
def named(names: tuple[tuple[str, str], ...]) -> Language:
    """Everybody whom the list names in any of these ways."""
    return _union((direct(names), as_entity(names), by_account(names)))


def _union(languages: Iterable[Language]) -> Language:
    """The patterns of all."""
    return tuple(dict.fromkeys(each for language in languages for each in language))


def _direct(kind: str, name: str) -> Language:
    """The callers that one entry names itself."""
    if kind == "AWS":
        return ANYBODY if name == "*" else _direct_by_arn(name)
    if kind == "Service" and name == "*":
        return services()
    if kind == "Service":
        return (pattern([*kinds(HOST), *text(name)]),) if name.lower().endswith(SERVICE_SUFFIXES) else ()
    return (pattern([*kinds(PROVIDER, HOST), *text(name)]),) if kind == "Federated" else ()


def _direct_by_arn(name: str) -> Language:
    """The user, the session or the federated session of an ARN."""
    found = ENTITY.fullmatch(name)
    if not found:
        return ()
    partition, service, account, kind, rest = found.groups()
    if (service, kind) == ("iam", "user"):
        return (pattern([*kinds(USER), *text(name)]),)
    if (service, kind) == ("sts", "federated-user"):
        return (pattern([*kinds(FEDERATED_USER), *text(name)]),)
    role, slash, session = rest.partition("/")
    if (service, kind) != ("sts", "assumed-role") or not (role and slash and session):
        return ()
    header = text(f"arn:{partition}:iam::{account}:role/")
    with_path = (
        pattern([*kinds(SESSION), *header, *path, *text(role), *kinds(NAMED), *text(session)]) for path in PATHS
    )
    return (pattern([*kinds(BARE_SESSION), *text(name)]), *with_path)


def _as_entity(name: str) -> Language:
    """The sessions of a role's or a user's ARN; a role without session is named so, too."""
    found = ENTITY.fullmatch(name)
    if not found or found[2] != "iam" or found[4] not in ("role", "user"):
        return ()
    partition, last = found[1], found[5].rsplit("/", 1)[-1]
    header = f"arn:{partition}:sts::{found[3]}:"
    if found[4] == "user":
        federated = [*kinds(FEDERATED_USER), *text(f"{header}federated-user/")]
        return tuple(pattern([*federated, *path, *text(last)]) for path in PATHS)
    return (
        pattern([*kinds(ROLE), *text(name)]),
        pattern([*kinds(SESSION), *text(name), *kinds(NAMED), ANYTHING]),
        pattern([*kinds(BARE_SESSION), *text(f"{header}assumed-role/{last}/"), ANYTHING]),
    )


def word_of(principal: str, given_arn: str | None = None) -> tuple[str, ...] | None:
    """The word of a request's principal; `given_arn` is the request's own aws:PrincipalArn. None for no principal."""
    if principal == "anonymous":
        return (ANONYMOUS,)
    if HOST_NAME.fullmatch(principal):
        return (HOST, *principal)
    found = PRINCIPAL.fullmatch(principal)
    kind = KINDS.get((found[2], found[4])) if found else None
    if found is None or kind is None:
        return None
    if kind == BARE_SESSION and given_arn is not None:
        role, _, session = found[5].partition("/")
        if given_arn.startswith(f"arn:{found[1]}:iam::{found[3]}:role/") and given_arn.endswith(f"/{role}"):
            return (SESSION, *given_arn, NAMED, *session)
    return (kind, *principal)


def principal_of(word: Word) -> str:
    """The principal that a request of the caller gives."""
    kind, rest = word[0], "".join(word[1:])
    if kind == ANONYMOUS:
        return "anonymous"
    if kind != SESSION:
        return rest
    role, session = ("".join(part) for part in _halves(word[1:]))
    header, _, name = role.partition(":role/")
    return f"{header.replace(':iam:', ':sts:', 1)}:assumed-role/{name.rsplit('/', 1)[-1]}/{session}"


def account_of(word: Word) -> str | None:
    """The caller's account; None for callers outside all accounts."""
    return "".join(word[1:]).split(":")[4] if word[0] in IN_ACCOUNT else None


def keys_of(word: Word) -> Mapping[str, str]:
    """The condition keys that AWS sets by who calls.

    Source: IAM User Guide, "AWS global condition context keys" (properties of the principal).
    """
    kind, rest, account = word[0], "".join(word[1:]), account_of(word)
    found = {"aws:principaltype": TYPES[kind]} if kind in TYPES else {}
    if kind == ANONYMOUS:
        return found | {"aws:principalaccount": "anonymous", "aws:userid": "anonymous"}
    if kind == HOST and rest.lower().endswith(SERVICE_SUFFIXES):
        names = dict.fromkeys(("aws:principalservicename", "aws:principalservicenameslist"), rest)
        return found | {"aws:principalisawsservice": "true"} | names
    if account is None:
        return found
    found |= {"aws:principalarn": arn_of(word), "aws:principalaccount": account, "aws:principalisawsservice": "false"}
    last = rest.rsplit("/", 1)[-1]
    if kind == USER:
        found["aws:username"] = last
    if kind in (ROOT, FEDERATED_USER):
        found["aws:userid"] = account if kind == ROOT else f"{account}:{last}"
    return found


def arn_of(word: Word) -> str:
    """The value of aws:PrincipalArn for a caller in an account."""
    if word[0] == SESSION:
        return "".join(_halves(word[1:])[0])
    rest = "".join(word[1:])
    if word[0] != BARE_SESSION:
        return rest
    header, _, name = rest.partition(":assumed-role/")
    return f"{header.replace(':sts:', ':iam:', 1)}:role/{name.partition('/')[0]}"


def _halves(word: Word) -> tuple[Word, Word]:
    """A role's ARN and the session's name."""
    middle = list(word).index(NAMED)
    return word[:middle], word[middle + 1 :]


def pleasant(accounts: Sequence[str], partition: str) -> list[tuple[str, ...]]:
    """Callers as people would write them, to be shown where they fit."""
    found: list[tuple[str, ...]] = []
    for account in accounts:
        iam, sts = (f"arn:{partition}:{service}::{account}" for service in ("iam", "sts"))
        found += [(USER, *f"{iam}:user/someone"), (ROLE, *f"{iam}:role/some-role"), (ROOT, *f"{iam}:root")]
        found.append((BARE_SESSION, *f"{sts}:assumed-role/some-role/some-session"))
        found.append((SESSION, *f"{iam}:role/some-role", NAMED, *"some-session"))
    for account in accounts:
        linked = f"arn:{partition}:iam::{account}:role/aws-service-role/{SERVICE_LINKED}"
        found += [(ROLE, *linked), (SESSION, *linked, NAMED, *"some-session")]
    return [*found, (HOST, *"some-service.amazonaws.com"), (ANONYMOUS,)]


def account_in(name: str) -> str | None:
    """The account in an entry of a Principal element."""
    found = ACCOUNT_OR_ROOT.fullmatch(name)
    entity = ENTITY.fullmatch(name)
    return found[2] if found else entity[3] if entity else None


def partition_in(name: str) -> str | None:
    """The partition in an entry under AWS of a Principal element."""
    found = PARTITION.match(name)
    return found[1] if found else None


def ambiguous(names: Iterable[str]) -> bool:
    """Whether among the names are roles of one name in several paths of one account."""
    roles = {found.groups() for name in names if (found := ENTITY.fullmatch(name)) and found[2] == "iam"}
    last = [(partition, account, kind, rest.rsplit("/", 1)[-1]) for partition, _, account, kind, rest in roles]
    return len(set(last)) < len(last)
