"""Concrete requests of a box, in the form that `clover simulate` takes, the most lifelike first."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any

from clover.logic.aws_sets import callers, examples
from clover.logic.aws_sets.factors import ACTION, CALLER, RESOURCE
from clover.logic.aws_sets.resources import COLONS
from clover.logic.aws_sets.space import Space
from clover.logic.sets.boxes import Box
from clover.logic.sets.patterns import Word
from clover.logic.sets.texts import Texts

Request = dict[str, Any]
MOST_CALLERS = 12
MOST_PAIRS = 8
MOST_ACCOUNTS = 2
UNLIKE_ANY = 8
"""How unlike everyday requests a word is that only an automaton found."""
ACCOUNT = re.compile(r"[0-9]{12}")


class Requests:
    """What boxes of a space look like as requests."""

    def __init__(self, space: Space, account: str | None = None) -> None:
        """Choose words for the atoms. `account` owns the resources; without it any account may."""
        self._space = space
        self._account = account
        own = [] if account is None else [account]
        self._actions, self._resources = _actions(space), _resources(space)
        accounts = dict.fromkeys([*own, *_accounts(space), *examples.accounts()])
        self._pleasant = frozenset(callers.pleasant(tuple(accounts), space.frame.partitions[0]))
        self._words: dict[str, list[list[Word]]] = {
            CALLER: _callers(space.texts[CALLER], tuple(accounts), space.frame.partitions[0]),
            ACTION: space.texts[ACTION].shown(self._actions),
            RESOURCE: space.texts[RESOURCE].shown(self._resources),
        }
        self._plain = {*self._actions, *self._resources}
        self._other = list(accounts)
        self._spelled = {name.lower(): name for name in _written_actions(space)}

    def of(self, box: Box) -> Iterator[Request]:
        """Some requests of the box; none where only values that nobody found would show it."""
        words = sorted(self._chosen(CALLER, box), key=self._strangeness)[:MOST_CALLERS]
        for action, resource in self._pairs(box):
            for word in words:
                for account in self._owners(word, resource):
                    context = self._context(box, self._derived(word, action, account))
                    if context is not None:
                        spelled = self._spelled.get(action, action)
                        yield _request(word, spelled, resource, account, context)

    def ranked(self, boxes: Iterable[Box]) -> list[Box]:
        """The boxes, those with the most lifelike action and resource first."""
        return sorted(boxes, key=lambda box: self._unlikeness(self._pairs(box)[0]))

    def _chosen(self, field: str, box: Box) -> list[Word]:
        """Words of the atoms that the box has of a field, first one of each atom."""
        place = self._space.place(field)
        mask = box.get(place, self._space.full[place])
        of_atoms = [words for atom, words in enumerate(self._words[field]) if mask >> atom & 1]
        deepest = max(map(len, of_atoms))
        ranked = (words[depth] for depth in range(deepest) for words in of_atoms if depth < len(words))
        return list(dict.fromkeys(map(tuple, ranked)))

    def _strangeness(self, word: Word) -> int:
        """0 for callers as people would write them, 2 for roles that AWS's services act as."""
        if "aws-service-role" in "".join(word):
            return 2
        return 0 if word in self._pleasant else 1

    def _pairs(self, box: Box) -> list[tuple[str, str]]:
        """Actions with resources, first those of one service.

        No grammar of each action's resources is known here: an action may stand beside a resource that it does not
        take, where the documents allow no other pair.
        """
        actions, resources = (map("".join, self._chosen(field, box)) for field in (ACTION, RESOURCE))
        return sorted(islice(product(actions, resources), 4000), key=self._unlikeness)[:MOST_PAIRS]

    def _unlikeness(self, pair: tuple[str, str]) -> int:
        """0 for an action and a resource as people write them, more for what is seldom seen together."""
        return _unlikeness(*pair) + sum(UNLIKE_ANY for word in pair if word not in self._plain)

    def _owners(self, word: Word, resource: str) -> list[str]:
        """The accounts that may own the resource.

        The one that its ARN names, else the caller's and another; root needs another to need a policy.
        """
        named = self._account or account_of(resource)
        if named:
            return [named]
        own = callers.account_of(word)
        other = next(account for account in self._other if account != own)
        if own is None:
            return [other]
        return [other, own] if word[0] == callers.ROOT else [own, other]

    def _derived(self, word: Word, action: str, account: str) -> dict[str, str]:
        """The keys that AWS adds to the request by itself."""
        found = {**callers.keys_of(word), "aws:resourceaccount": account}
        if action.startswith("s3:"):
            found["s3:resourceaccount"] = account
        own = callers.account_of(word)
        return found | ({"kms:calleraccount": own} if own and action.startswith("kms:") else {})

    def _context(self, box: Box, derived: dict[str, str]) -> dict[str, Any] | None:
        """Values of the keys; a key that is well as it is is left out."""
        context: dict[str, Any] = {}
        for field, key in self._space.keys.items():
            place = self._space.place(field)
            mask = box.get(place, self._space.full[place])
            name = field.removeprefix("key ")
            natural = key.atom((derived[name],) if name in derived else ())
            if natural is not None and mask >> natural & 1:
                continue
            fitting = (values for atom, values in enumerate(key.values) if mask >> atom & 1 and values is not None)
            values = next(fitting, None)
            if values is None:
                return None
            context[examples.spelling(name)] = None if not values else values[0] if len(values) == 1 else list(values)
        return context


@lru_cache(maxsize=64)
def _callers(texts: Texts, accounts: tuple[str, ...], partition: str) -> list[list[Word]]:
    """Words for the atoms of callers; many spaces share theirs."""
    return texts.shown(callers.pleasant(accounts, partition))


def _request(word: Word, action: str, resource: str, account: str, context: dict[str, Any]) -> Request:
    """The request; a role session whose path takes part says it in its context."""
    if word[0] == callers.SESSION and "aws:PrincipalArn" not in context:
        context = {"aws:PrincipalArn": callers.arn_of(word), **context}
    return {
        "principal": callers.principal_of(word),
        "action": examples.action_spelling(action),
        "resource": resource,
        "resource_account": account,
        "context": context,
    }


def _unlikeness(action: str, resource: str) -> int:
    """0 for an action and a resource of one service, more for what is seldom seen together."""
    service, _, name = action.partition(":")
    fields = resource.split(":", COLONS)
    if resource == "*":
        return 1
    if len(fields) <= COLONS or fields[2] != examples.service_of_resources(service):
        return 4
    if service == "s3":
        return 2 * (("/" in fields[COLONS]) != ("object" in name)) + (not fields[COLONS])
    return (not fields[COLONS]) + (not fields[COLONS - 1])


def account_of(resource: str) -> str | None:
    """The account that an ARN names."""
    fields = resource.split(":", COLONS)
    return fields[COLONS - 1] if len(fields) > COLONS and ACCOUNT.fullmatch(fields[COLONS - 1]) else None


def _accounts(space: Space) -> list[str]:
    """The accounts that principals or resources are named in."""
    statements = [each for document in space.documents for each in document.statements]
    names = [name for each in statements if each.principals for _, name in each.principals.names]
    headers = [one.header for each in statements if each.resources for one in each.resources.patterns]
    found = (*map(callers.account_in, names), *map(account_of, headers))
    return [account for account in found if account]


def _actions(space: Space) -> list[str]:
    """Known actions, and those of the documents with plain words for their wildcards."""
    names = _action_names(space)
    services = {name.partition(":")[0] for name in names} | {"s3"}
    known = [action for action in examples.actions() if action.partition(":")[0] in services]
    return [*known, *(name.replace("*", "anything").replace("?", "x") for name in names if ":" in name)]


def _action_names(space: Space) -> list[str]:
    """The patterns of actions of all statements, in lower case."""
    return sorted({name.lower() for name in _written_actions(space)})


def _written_actions(space: Space) -> list[str]:
    """The patterns of actions of all statements, as they are written."""
    statements = (statement for document in space.documents for statement in document.statements)
    return [name for statement in statements for _, name in statement.actions.names]


def _resources(space: Space) -> tuple[str, ...]:
    """Resources of the services that the actions are of, and what the documents' patterns cover."""
    services = {name.partition(":")[0] for name in _action_names(space)}
    plain = sorted(examples.service_of_resources(each) for each in services if each.replace("-", "").isalnum())
    elements = (statement.resources for document in space.documents for statement in document.statements)
    patterns = dict.fromkeys(each for element in elements if element for each in element.patterns)
    found = examples.resources(dict.fromkeys(plain), patterns)
    elsewhere = [
        resource.replace(f":{example}:", f":{account}:")
        for account in list(dict.fromkeys(_accounts(space)))[:MOST_ACCOUNTS]
        for resource in found
        if (example := account_of(resource)) and example != account
    ]
    return tuple(dict.fromkeys([*elsewhere, *found]))
