"""What a hand does once its stack is up, the auditor's or that of second copies: it closes the locks on its stores.

Azure lets nobody create them closed. `AccountImmutabilityPolicyProperties.state` of azure-mgmt-storage: a policy is
created Disabled or Unlocked, and an unlocked one can be locked, for good. In the lab the real step is one call; for
real it is taken deliberately.
"""

from collections.abc import Iterable
from typing import Any

from clover.lab.azure.arm import Call
from clover.lab.azure.settings import read_settings
from clover.lab.azure.transport import Transport
from clover.lab.provider.deadline import Deadline
from clover.lab.provider.failure import Refusal

VERSION = "2024-01-01"
SECONDS = 60.0


def lock(stores: Iterable[str], environment: dict[str, str], tenant: str | None = None) -> list[str]:
    """Lock the policy of each storage account that is still open, as the deployer of `environment`; returns their ids.

    They lie in `tenant`, or in that of the environment. Ids of stores on other clouds, which are made locked, are left
    alone. Refusal when ARM refuses.
    """
    accounts = [store for store in stores if store.startswith("/subscriptions/")]
    if not accounts:
        return []
    settings = read_settings({"tenantId": tenant} if tenant else {}, environment)
    call = Call(Transport(settings), Deadline.within(SECONDS))
    return [account for account in accounts if _locked(call, account)]


def _locked(call: Call, account: str) -> bool:
    """Lock one account's policy; False where it is locked already."""
    found = call.get(account, VERSION)
    if found is None:
        raise Refusal(f"{account} is not there")
    held: dict[str, Any] = found["properties"]["immutableStorageWithVersioning"]
    if held["immutabilityPolicy"]["state"] == "Locked":
        return False
    policy = {**held["immutabilityPolicy"], "state": "Locked"}
    body = {"properties": {"immutableStorageWithVersioning": {**held, "immutabilityPolicy": policy}}}
    answer = call.send("PATCH", account, VERSION, body)
    if answer.status >= 400:
        raise Refusal(f"the policy of {account} was not locked: {answer.props}")
    return True
