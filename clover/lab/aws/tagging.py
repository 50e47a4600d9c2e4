"""Tags as the AWS provider merges them: the provider's defaults under the resource's own, in `tagsAll`."""

from collections.abc import Iterator
from typing import Any

from clover.lab.aws.model import read_data
from clover.lab.aws.settings import Settings
from clover.lab.provider.wire import UNKNOWN, Props, Secrets, as_map, has_unknown


def merged(settings: Settings, tags: Any) -> Any:
    """Return `tagsAll` for the resource's own tags; unknown when any of them is."""
    if tags is UNKNOWN or has_unknown(tags):
        return UNKNOWN
    every: Props = {**settings.default_tags, **(tags or {})}
    return {key: str(value) for key, value in every.items() if not settings.ignores(key)}


def split(settings: Settings, found: Props, wanted: Props) -> Props:
    """Return `tags` and `tagsAll` for the tags found on a thing, `wanted` being the resource's own tags."""
    everything = {key: value for key, value in found.items() if not settings.ignores(key)}
    defaults = settings.default_tags
    own = {key: value for key, value in everything.items() if key in wanted or defaults.get(key) != value}
    return {"tags": own, "tagsAll": everything} if own else {"tagsAll": everything}


def with_all(secrets: Secrets) -> Secrets:
    """Hold the copy of a secret tag in `tagsAll` secret too."""
    copies = {("tagsAll", *path[1:]) for path in secrets.paths if path[0] == "tags"}
    return Secrets(secrets.paths | copies, secrets.texts)


def changes(old: Props, new: Props) -> tuple[Props, list[str]]:
    """Return the tags to set and the keys to take off."""
    return {key: value for key, value in new.items() if old.get(key) != value}, sorted(old.keys() - new.keys())


def problems(tags: Any) -> Iterator[tuple[str, str]]:
    """Yield path and reason of every tag that AWS would refuse."""
    if not isinstance(tags, dict):
        return
    limits = read_data("limits.json")["tags"]
    known = as_map(tags)
    if len(known) > limits["most_items"]:
        yield "tags", f"has {len(known)} tags; AWS takes at most {limits['most_items']}"
    for key, value in known.items():
        if not key or len(key) > limits["longest_key"]:
            yield f"tags[{key[:40]!r}]", f"a tag's key has 1 to {limits['longest_key']} characters"
        if key.lower().startswith("aws:"):
            yield f"tags[{key!r}]", "keys that begin with aws: are AWS's own"
        if isinstance(value, str) and len(value) > limits["longest_value"]:
            yield f"tags[{key!r}]", f"a tag's value has at most {limits['longest_value']} characters"


def as_list(tags: Props) -> list[Props]:
    """Return tags as most of AWS's services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def from_list(tags: Any) -> Props:
    """Return tags as a map, from the lists of most services."""
    return {tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue", "")) for tag in tags or ()}
