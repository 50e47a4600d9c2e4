"""What was found out about one store or key, carried over to others that no policy tells apart from it.

A thousand stores have a thousand policies, which differ in nothing but the store's ARN. Two questions have one form
when they are the same text once the ARN is struck out. Their answers are then the same if every wildcard text beside
the ARN treats both ARNs alike, whatever may follow them: swapping the two in front of a slash or an end turns the
requests of the one question into those of the other, and every policy of the one into that of the other.

So an ARN counts as a name only where it opens a text that is a Resource or the value of a condition, with nothing or a
slash behind it, and where the condition is not about who calls; texts with variables are never carried over.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from clover.logic.aws_sets import OF_CALLERS
from clover.logic.aws_sets.special import RESOURCE_FORMS
from clover.sources.plain import as_list, as_object

NAME = re.compile(r"(arn:[a-z-]+:s3:::|arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/)([a-z0-9.-]+)(?=/|$)")
"""An ARN that may be struck out: that of a bucket, also in front of a key in it, or of a KMS key."""

MOST_FORMS = 20_000
MOST_UNLIKE = 8
_STRUCK = b"\x00"
_OF_NAMES = re.compile(r"[a-z0-9.?-]|\*+[a-z0-9.?-]")
"""How a text goes on whose rest some names fit and others do not, for no name holds another character."""
_ELEMENTS = ("Resource", "NotResource", "resource")
_OF_ACTIONS = ("Action", "NotAction")

Result = TypeVar("Result")
Renamed = Callable[[Result, str, str], Result | None]


class Name(NamedTuple):
    """An ARN in two parts: what all of its kind in one account and region share, and what is its own."""

    kind: str
    own: str

    @property
    def arn(self) -> str:
        """The whole ARN."""
        return self.kind + self.own


def named_in(texts: Sequence[str]) -> Name | None:
    """The one store that the texts are about, or else the one key; None where there is none, or several."""
    found = {Name(*match.groups()) for text in texts if (match := NAME.match(text))}
    stores = [name for name in found if ":s3:" in name.kind]
    chosen = stores or list(found)
    return chosen[0] if len(chosen) == 1 else None


class _Kept(NamedTuple, Generic[Result]):
    """A result, the name that it is about, and the places in texts that may tell it from another name of the form."""

    name: Name | None
    texts: tuple[tuple[str, int], ...]
    result: Result


class _Form(NamedTuple, Generic[Result]):
    """What is known of one form; where it is not strikable, texts of the form have to be alike to the letter."""

    strikable: bool
    kept: list[_Kept[Result]]


class Alike(Generic[Result]):
    """Results by the form of what they were made from."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._forms: OrderedDict[bytes, _Form[Result]] = OrderedDict()

    def of(self, parts: Any, name: Name | None, make: Callable[[], Result], renamed: Renamed[Result]) -> Result:
        """The result for `parts`, which hold all that `make` looks at, about the thing of the name.

        `renamed` makes of a result that of another ARN, the old one and the new one given; None: make it afresh.
        """
        text = msgspec.json.encode(parts)
        form = self._form(parts, text, name)
        if not form.strikable:
            form, name = self._form(parts, text, None), None
        for each in form.kept:
            found = _carried(each, name, renamed)
            if found is not None:
                return found
        result = make()
        if len(form.kept) < MOST_UNLIKE:
            form.kept.append(_Kept(name, tuple(_telling(parts, name)) if name else (), result))
        return result

    def keep(self, wanted: Callable[[Result], bool]) -> None:
        """Forget every other result."""
        for form in self._forms.values():
            form.kept[:] = [each for each in form.kept if wanted(each.result)]

    def _form(self, parts: Any, text: bytes, name: Name | None) -> "_Form[Result]":
        """What is known of the form of `parts`; without the name where its ARN stands in other spellings, too."""
        arn = name.arn.encode() if name else b""
        if not name or text.lower().count(arn) != text.count(arn):
            key, name = hashlib.sha256(text).digest(), None
        else:
            key = hashlib.sha256(text.replace(arn, name.kind.encode() + _STRUCK)).digest()
        if key not in self._forms:
            self._forms[key] = _Form(name is None or _strikable(parts, text, name.arn), [])
        if len(self._forms) > MOST_FORMS:
            self._forms.popitem(last=False)
        return self._forms[key]


def _carried(kept: _Kept[Result], name: Name | None, renamed: Renamed[Result]) -> Result | None:
    """A result of the same form, carried over where no text tells the names apart."""
    if name == kept.name:
        return kept.result
    if name is None or kept.name is None:
        return None
    if _endings(kept.texts, name.own) != _endings(kept.texts, kept.name.own):
        return None
    return renamed(kept.result, kept.name.arn, name.arn)


def _strikable(parts: Any, text: bytes, arn: str) -> bool:
    """Whether the ARN stands only where it can be taken for any other."""
    if b"${" in text:
        return False
    having = (each for each in _read(parts) if arn in each.joined)
    return all(_plain(arn, *found) for each in having for found in each.texts)


def _plain(arn: str, text: str, key: str) -> bool:
    """Whether a text is without the ARN, or has it in front of a slash or an end, in a place that may hold it."""
    if arn not in text:
        return True
    rest = text.removeprefix(arn)
    about = key in _ELEMENTS or (":" in key and key.lower() not in OF_CALLERS)
    return about and rest[:1] in ("", "/") and arn not in rest


class _Part(NamedTuple):
    """What a document, or all that is none, holds: each text with the key that it stands under, and those that matter.

    `joined` are all texts in one, `wild` those with wildcards that name no actions.
    """

    texts: tuple[tuple[str, str], ...]
    joined: str
    wild: frozenset[str]


_KNOWN: dict[int, tuple[Any, _Part]] = {}
"""Documents that were read, by the object, which is kept with what was read, so that no other has its id."""
MOST_KNOWN = 8192


def _read(parts: Any) -> Iterator[_Part]:
    """Every document in the parts, and all that is none."""
    documents: list[Any] = []
    yield _part(_texts(parts, documents))
    for document in documents:
        if id(document) not in _KNOWN:
            if len(_KNOWN) >= MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[id(document)] = document, _part(_texts(document, None))
        yield _KNOWN[id(document)][1]


def _part(found: Iterator[tuple[str, str]]) -> _Part:
    texts = tuple(found)
    wild = (text for text, key in texts if key not in _OF_ACTIONS and ("*" in text or "?" in text))
    return _Part(texts, _STRUCK.decode().join(text for text, _ in texts), frozenset(wild))


def _texts(value: Any, documents: list[Any] | None) -> Iterator[tuple[str, str]]:
    """Every text, with the key that it stands under; a key stands under none. Documents are put aside, where wanted."""
    waiting: list[tuple[Any, str]] = [(value, "")]
    while waiting:
        found, key = waiting.pop()
        if isinstance(found, str):
            yield found, key
        elif (members := as_object(found)) is not None:
            if documents is not None and "Statement" in members:
                documents.append(found)
                continue
            waiting += [(name, "") for name in members]
            waiting += [(inner, name) for name, inner in members.items()]
        else:
            waiting += [(inner, key) for inner in as_list(found) or ()]


def _telling(parts: Any, name: Name) -> Iterator[tuple[str, int]]:
    """The places in texts with wildcards that are reached behind what names of the kind share, and may tell them apart.

    Such a text is one that a name may be part of; what comes after the name is alike where the places behind it are.
    """
    texts = {text for each in _read(parts) for text in each.wild if not text.startswith(name.arn)}
    for text in sorted({*texts, *map(str.lower, texts), *RESOURCE_FORMS}):
        for place in sorted(_behind(text, 0, name.kind)):
            if _OF_NAMES.match(text, place):
                yield text, place


@lru_cache(maxsize=4096)
def _endings(texts: tuple[tuple[str, int], ...], word: str) -> tuple[frozenset[int], ...]:
    """For each place in a text the places behind the word."""
    return tuple(_behind(text, place, word) for text, place in texts)


@lru_cache(maxsize=4096)
def _behind(text: str, place: int, word: str) -> frozenset[int]:
    """The places of a text with wildcards that one may be at behind the word, coming from a place."""
    reached = _closed(text, {place})
    for symbol in word:
        stepped = {at + 1 for at in reached if text[at : at + 1] in (symbol, "?")}
        reached = _closed(text, stepped | {at for at in reached if text[at : at + 1] == "*"})
        if not reached:
            break
    return frozenset(reached)


def _closed(text: str, places: set[int]) -> set[int]:
    """The places, and those behind every `*` that may stand for nothing."""
    found = set(places)
    while skipped := {place + 1 for place in found if text[place : place + 1] == "*"} - found:
        found |= skipped
    return found


def with_arn(value: Any, old: str, new: str) -> Any:
    """JSON data with one ARN for another."""
    if isinstance(value, str):
        return value.replace(old, new)
    if (members := as_object(value)) is not None:
        return {name: with_arn(inner, old, new) for name, inner in members.items()}
    items = as_list(value)
    return value if items is None else [with_arn(inner, old, new) for inner in items]
