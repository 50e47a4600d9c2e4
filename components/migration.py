"""What a landing for historic data tells its store, whatever the cloud."""

from collections.abc import Mapping
from typing import Any

from clover.zones.vocabulary import StoreRole
from components.stores import Landing, closing


def store_args(args: Mapping[str, Any]) -> Any:
    """The inputs of the landing's store; Refusal when it closes on no day."""
    closing(landing_of(args), args.get("declared_at"))
    own = {name: given for name, given in args.items() if name not in {"writer", "closes", "adding"}}
    return {**own, "role": StoreRole.INTAKE, "landing": landing_of(args)}


def landing_of(args: Mapping[str, Any]) -> Landing:
    """Who writes, and until when."""
    return {"writer": args["writer"], "closes": args["closes"]}
