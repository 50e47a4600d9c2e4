"""Reading a query: from its text to steps and expressions; NotRead for what lies outside of the part that is known."""

import re
from typing import Any, NamedTuple, NoReturn

_TOKEN = re.compile(
    r"""\s+|//[^\n]*
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<span>\d+(?:d|h|m|s)\b)
    |(?P<number>\d+\.\d+|\d+)(?![A-Za-z_0-9])
    |(?P<name>!?[A-Za-z_][A-Za-z_0-9]*~?)
    |(?P<sign>==|!=|=~|!~|<=|>=|<|>|=|\||\(|\)|\[|\]|,|-)""",
    re.VERBOSE,
)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_SIGNS = ("==", "!=", "=~", "!~", "<=", ">=", "<", ">")
_LISTS = ("in", "!in", "in~", "!in~")
_WORDS = tuple(
    f"{sign}{word}{suffix}"
    for word in ("has", "contains", "startswith", "endswith")
    for sign in ("", "!")
    for suffix in ("", "_cs")
)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


class NotRead(ValueError):
    """What of a query is not known here, in the query's own words."""


class Literal(NamedTuple):
    """A value that the query names: text, number, truth, or nothing."""

    value: Any


class Span(NamedTuple):
    """A length of time."""

    seconds: int


class Column(NamedTuple):
    """A column of the row."""

    name: str


class Call(NamedTuple):
    """A function, or an operator, of expressions."""

    name: str
    arguments: tuple[Any, ...]


class Where(NamedTuple):
    """Rows of which the condition is true."""

    condition: Any


class Project(NamedTuple):
    """Columns that are left."""

    columns: tuple[str, ...]


class Count(NamedTuple):
    """How many rows there are, as a column of that name; for each value of the columns `by`."""

    name: str
    by: tuple[str, ...]


class Query(NamedTuple):
    """A table, and what is done with its rows, in order."""

    table: str
    steps: tuple[Where | Project | Count, ...]


class Token(NamedTuple):
    """A word of the query: of which kind, and as it stands there."""

    kind: str
    text: str


END = Token("end", "the end")


def parse(text: str) -> Query:
    """The query of a text; NotRead for any other than of the known part."""
    return _Reader(_tokens(text)).query()


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotRead(f"{text[at : at + 20]!r} is not read")
        at = match.end()
        if match.lastgroup:
            found.append(Token(match.lastgroup, match[match.lastgroup]))
    return found


class _Reader:
    """Goes through the words of a query once."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at = tokens, 0

    def query(self) -> Query:
        table = self._name()
        steps: list[Where | Project | Count] = []
        while self._is("|"):
            steps.append(self._step())
        if self._next is not END:
            self._fail()
        return Query(table, tuple(steps))

    def _step(self) -> Where | Project | Count:
        name = self._name()
        if name in ("where", "filter"):
            return Where(self._either())
        if name == "project":
            return Project(self._columns())
        if name == "summarize":
            return self._count()
        raise NotRead(f"the operator {name} is not read")

    def _count(self) -> Count:
        name = self._name()
        if self._is("="):
            called, name = name, self._name()
        else:
            called = "count_"
        if name != "count":
            raise NotRead(f"the aggregation {name} is not read")
        self._expect("(")
        self._expect(")")
        return Count(called, self._columns() if self._is("by") else ())

    def _columns(self) -> tuple[str, ...]:
        found = [self._name()]
        while self._is(","):
            found.append(self._name())
        return tuple(found)

    def _either(self) -> Any:
        found = self._both()
        while self._is("or"):
            found = Call("or", (found, self._both()))
        return found

    def _both(self) -> Any:
        found = self._compared()
        while self._is("and"):
            found = Call("and", (found, self._compared()))
        return found

    def _compared(self) -> Any:
        left = self._value()
        word = self._next.text
        if self._next.kind == "sign" and word in _SIGNS:
            return Call(self._take().text, (left, self._value()))
        if word in _LISTS:
            self._take()
            return Call(word, (left, *self._listed()))
        if word in _WORDS:
            return Call(self._take().text, (left, self._value()))
        return left

    def _listed(self) -> tuple[Any, ...]:
        self._expect("(")
        found = [self._value()]
        while self._is(","):
            found.append(self._value())
        self._expect(")")
        return tuple(found)

    def _value(self) -> Any:
        found = self._single()
        while self._is("["):
            found = Call("[]", (found, self._single()))
            self._expect("]")
        return found

    def _single(self) -> Any:
        if self._is("("):
            found = self._either()
            self._expect(")")
            return found
        if self._is("-"):
            return Literal(-_number(self._take()))
        token = self._take()
        if token.kind == "name":
            return self._named(token.text)
        return _literal(token) if token.kind in ("text", "number", "span") else self._fail(token)

    def _named(self, name: str) -> Any:
        if name in ("true", "false"):
            return Literal(name == "true")
        if not self._is("("):
            return Column(name)
        found: list[Any] = []
        while not self._is(")"):
            if found:
                self._expect(",")
            found.append(self._either())
        return Call(name, tuple(found))

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else END

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, text: str) -> bool:
        """Whether the next word is this one, which is taken then."""
        taken = self._next.kind in ("sign", "name") and self._next.text == text
        self._at += taken
        return taken

    def _expect(self, text: str) -> None:
        if not self._is(text):
            self._fail()

    def _name(self) -> str:
        token = self._take()
        return token.text if token.kind == "name" else self._fail(token)

    def _fail(self, token: Token | None = None) -> NoReturn:
        raise NotRead(f"{(token or self._next).text} is not read there")


def _literal(token: Token) -> Literal | Span:
    if token.kind == "span":
        return Span(int(token.text[:-1]) * _SECONDS[token.text[-1]])
    if token.kind == "text":
        return Literal(re.sub(r"\\(.)", _unescaped, token.text[1:-1]))
    return Literal(_number(token))


def _number(token: Token) -> int | float:
    if token.kind != "number":
        raise NotRead(f"{token.text} is no number")
    return float(token.text) if "." in token.text else int(token.text)


def _unescaped(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise NotRead(f"the escape \\{match[1]} is not read")
    return _ESCAPES[match[1]]
