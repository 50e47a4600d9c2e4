"""The policies that a request to the deployed site meets, taken from the state and from the zone's foundation."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clover.zones.registers import Given
from clover.zones.vocabulary import GivenKind
from clover.zones.zone import Zone, load_zone
from tests.e2e.checkout import Checkout

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class World:
    """Resource policies by ARN, identity policies by name, control policies by level, and names for cases to use."""

    def __init__(self, checkout: Checkout) -> None:
        self.state: list[dict[str, Any]] = checkout.state()["resources"]
        self.outputs = checkout.outputs()
        self.zone: Zone = load_zone(Path(checkout.root / "zones" / "europe.yaml"))
        self.resource = {**self._buckets(), **self._keys(), **self._roles()}
        self.identity = {
            "everything": [EVERYTHING],
            "none": [],
            "deployer": self._documents(GivenKind.IDENTITY_POLICY),
            "person": self._inline("person"),
            "machine": self._inline("machine"),
            "support": self._inline("support"),
        }
        self.names = self._names()

    def policies(self, case: Mapping[str, Any], resource: str) -> dict[str, Any]:
        """All that `evaluate` is to weigh for one case; a foreign principal meets no control policy of ours."""
        bucket = resource.split("/", maxsplit=1)[0] if ":s3:::" in resource else resource
        found: dict[str, Any] = {"rcp": self._levels(GivenKind.RESOURCE_CONTROL_POLICY)}
        identity = case.get("identity", "none")
        if identity != "none":
            found["identity"] = self.identity[identity]
        if ":111122223333:" in str(case.get("principal")):
            found["scp"] = self._levels(GivenKind.SERVICE_CONTROL_POLICY)
        if bucket in self.resource:
            found["resource"] = self.resource[bucket]
        if "aws:SourceVpce" in case.get("context", {}):
            found["vpc_endpoint"] = [self._endpoint_policy()]
        return found

    def _of_type(self, token: str) -> list[dict[str, Any]]:
        return [resource for resource in self.state if resource["type"] == token]

    def _buckets(self) -> dict[str, Any]:
        rows = self._of_type("aws:s3/bucketPolicy:BucketPolicy")
        return {f"arn:aws:s3:::{row['outputs']['bucket']}": json.loads(row["outputs"]["policy"]) for row in rows}

    def _keys(self) -> dict[str, Any]:
        rows = self._of_type("aws:kms/key:Key")
        return {row["outputs"]["arn"]: json.loads(row["outputs"]["policy"]) for row in rows}

    def _roles(self) -> dict[str, Any]:
        rows = self._of_type("aws:iam/role:Role")
        return {row["outputs"]["arn"]: json.loads(row["outputs"]["assumeRolePolicy"]) for row in rows}

    def _inline(self, kind: str) -> list[Any]:
        rows = self._of_type("aws:iam/rolePolicy:RolePolicy")
        return [json.loads(row["outputs"]["policy"]) for row in rows if row["outputs"]["role"].endswith(kind)]

    def _endpoint_policy(self) -> Any:
        rows = self._of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
        gateway = next(row for row in rows if row["outputs"]["vpcEndpointType"] == "Gateway")
        return json.loads(gateway["outputs"]["policy"])

    def _about(self, kind: GivenKind) -> list[Given]:
        return [one for one in self.zone.file.foundation if one.kind is kind and "dublin" in one.scope]

    def _documents(self, kind: GivenKind) -> list[Any]:
        return [self.zone.documents[given.id] for given in self._about(kind)]

    def _levels(self, kind: GivenKind) -> list[list[Any]]:
        levels: dict[str, list[Any]] = {}
        for given in self._about(kind):
            levels.setdefault(str(given.level), []).append(self.zone.documents[given.id])
        assert len(levels) == 3
        return list(levels.values())

    def _names(self) -> dict[str, str]:
        stores = {f"store:{name}": facts["store"] for name, facts in self.outputs["stores"].items()}
        keys = {f"key:{role}": facts["key"] for role, facts in self.outputs["keys"].items()}
        auditor = self.outputs["auditor"]
        return {
            **stores,
            **keys,
            "endpoint": self.outputs["egress"]["endpoint_ids"]["s3"],
            "person": auditor["person_access"],
            "machine": auditor["machine_access"],
            "trail": self.outputs["trail"],
            "gate": self.outputs["gates"]["support"],
        }
