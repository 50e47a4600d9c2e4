"""Who would get at data: the network first, then roles; what is permitted finds nothing."""

import http.client
import uuid
from urllib.parse import urlsplit

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, Azure
from tests.lab.arm.test_authorization import BLOB_READER, assigned


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def data(azure: Azure, host: str, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and code of a data request."""
    connection = http.client.HTTPConnection(urlsplit(azure.url).netloc, timeout=30)
    connection.request(method, path, headers={"Host": host, "Authorization": f"Bearer {azure.token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers.get("x-ms-error-code", "")


def opened(azure: Azure) -> str:
    """An account that lets every network in."""
    account = site.account(azure)
    rules = {"networkAcls": {"defaultAction": "Allow"}, "publicNetworkAccess": "Enabled"}
    azure.storage.storage_accounts.update(GROUP, account.name, {"properties": rules})
    return account.name


def test_a_closed_network_lets_nobody_in_whatever_roles_there_are(made: Azure) -> None:
    name = opened(made)
    closed = {"properties": {"publicNetworkAccess": "Disabled"}}
    made.storage.storage_accounts.update(GROUP, name, closed)
    reader = made.other(str(uuid.uuid4()))
    assert assigned(made, BLOB_READER, made.scope, reader.principal) == 201
    assert data(reader, f"{name}.blob.localhost", "/data/blob") == (403, "AuthorizationFailure")


def test_data_is_read_by_a_data_role_alone(made: Azure) -> None:
    host = f"{opened(made)}.blob.localhost"
    reader, stranger = made.other(str(uuid.uuid4())), made.other(str(uuid.uuid4()))
    assert assigned(made, site.READER, made.scope, stranger.principal) == 201
    assert data(stranger, host, "/data/blob") == (403, "AuthorizationPermissionMismatch")
    assert data(made, host, "/data/blob") == (403, "AuthorizationPermissionMismatch")
    assert assigned(made, BLOB_READER, made.scope, reader.principal) == 201
    assert data(reader, host, "/data/blob") == (404, "BlobNotFound")
    assert data(reader, host, "/data/blob", "PUT") == (403, "AuthorizationPermissionMismatch")
    assert data(reader, "nobody.blob.localhost", "/data/blob") == (404, "ResourceNotFound")


def test_a_key_to_sign_for_data_is_given_to_a_data_role_alone(made: Azure) -> None:
    asked = (f"{opened(made)}.blob.localhost", "/?restype=service&comp=userdelegationkey", "POST")
    reader, stranger = made.other(str(uuid.uuid4())), made.other(str(uuid.uuid4()))
    assert assigned(made, site.READER, made.scope, stranger.principal) == 201
    assert assigned(made, BLOB_READER, made.scope, reader.principal) == 201
    assert data(stranger, *asked) == (403, "AuthorizationPermissionMismatch")
    assert data(reader, *asked)[0] == 404


def test_keys_are_used_by_a_key_role_alone(made: Azure) -> None:
    vault = site.vault(made, publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    host, user = f"{vault.name}.vault.localhost", made.other(str(uuid.uuid4()))
    assert data(user, host, "/keys/main/1/decrypt", "POST") == (403, "ForbiddenByRbac")
    assert assigned(made, site.CRYPTO_USER, vault.id, user.principal) == 201
    assert data(user, host, "/keys/main/1/unwrapkey", "POST") == (404, "KeyNotFound")
    assert data(user, host, "/keys/main/1/decrypt", "POST")[0] == 403
    assert data(user, host, "/secrets/main") == (403, "ForbiddenByRbac")
