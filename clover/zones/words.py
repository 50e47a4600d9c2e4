"""The text forms that zone and stack files use, each with its plain words for messages and editors."""

from typing import Annotated

from msgspec import Meta

SUBJECT = "^[A-Za-z0-9][A-Za-z0-9:/_.@#-]{0,254}$"
ISSUER = "^[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~/-]{1,120})?$"
NAME = "^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$"
COUNTRY = "^[A-Z]{2}$"
REGION = "^[a-z][a-z0-9-]{1,30}$"
AVAILABILITY_ZONE = "^[a-z0-9]$"
ACCOUNT = "^(?:[0-9]{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
PRINCIPAL = "^(?:(?:role|user)/[A-Za-z0-9+=,.@_/-]{1,200}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
WORKFORCE = "^(?:saml-provider/[A-Za-z0-9._-]{1,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
NODE = "^[A-Za-z0-9][A-Za-z0-9_.()-]{0,89}$"
EXTERNAL_ID = "^[A-Za-z0-9+=,.@:/-]{16,128}$"
IDENTIFIER = "^[A-Z]{1,4}-[A-Z]{0,4}[0-9]{1,4}(?:\\.[0-9]{1,3})?$"
DIGEST = "^[0-9a-f]{64}$"
DOCUMENT = "^[a-z0-9][a-z0-9/._-]{0,120}$"
PUBLIC_KEY = "^[A-Za-z0-9+/]{43}=$"
ADDRESS_RANGE = "^[0-9a-f.:]{2,39}/[0-9]{1,3}$"
ADDRESS = "^(?:https://[a-z0-9.-]+/[A-Za-z0-9/_-]*|mailto:[a-z0-9._-]+@[a-z0-9.-]+)$"
DOMAIN = "^[a-z0-9-]+(?:\\.[a-z0-9-]+)*$"
SERVICE = "^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$"
SENTENCE = "^\\S(?:.{0,498}\\S)?$"

PLAIN = {
    NAME: "a name of at most 32 lower-case letters, digits and inner hyphens that begins with a letter",
    COUNTRY: "a country code of two capital letters",
    REGION: "a region name of lower-case ASCII letters, digits and hyphens",
    AVAILABILITY_ZONE: "one lower-case letter or digit",
    ACCOUNT: "an AWS account number of 12 digits or an Azure subscription id, in quotes",
    PRINCIPAL: "an AWS path such as role/NAME or user/NAME, or an Azure object id",
    WORKFORCE: "an AWS path such as saml-provider/NAME, or the object id of an Azure group",
    NODE: "the id of a root, an organisational unit or a management group",
    EXTERNAL_ID: "16 to 128 letters, digits and +=,.@:/- without spaces",
    IDENTIFIER: "an identifier such as F-A2.1",
    DIGEST: "a sha256 of 64 lower-case hexadecimal digits",
    DOCUMENT: "a relative path of lower-case letters, digits and ._-/",
    PUBLIC_KEY: "the 32 bytes of an Ed25519 public key in base64",
    ADDRESS_RANGE: "an address range such as 10.16.0.0/16",
    ADDRESS: "an https or mailto address",
    DOMAIN: "a domain in lower-case letters",
    SERVICE: "a service name such as sts",
    SUBJECT: "one exact subject or audience of a token, without * or ?",
    ISSUER: "the host and path of a token's issuer, without https://",
    SENTENCE: "one line of at most 500 characters without blanks around it",
}

Name = Annotated[str, Meta(pattern=NAME)]
Country = Annotated[str, Meta(pattern=COUNTRY)]
RegionName = Annotated[str, Meta(pattern=REGION)]
ZoneLetter = Annotated[str, Meta(pattern=AVAILABILITY_ZONE)]
Account = Annotated[str, Meta(pattern=ACCOUNT)]
Principal = Annotated[str, Meta(pattern=PRINCIPAL)]
Workforce = Annotated[str, Meta(pattern=WORKFORCE)]
Node = Annotated[str, Meta(pattern=NODE)]
ExternalId = Annotated[str, Meta(pattern=EXTERNAL_ID)]
Identifier = Annotated[str, Meta(pattern=IDENTIFIER)]
Digest = Annotated[str, Meta(pattern=DIGEST)]
DocumentPath = Annotated[str, Meta(pattern=DOCUMENT)]
PublicKey = Annotated[str, Meta(pattern=PUBLIC_KEY)]
Address = Annotated[str, Meta(pattern=ADDRESS)]
AddressRange = Annotated[str, Meta(pattern=ADDRESS_RANGE)]
HostName = Annotated[str, Meta(pattern=DOMAIN)]
Service = Annotated[str, Meta(pattern=SERVICE)]
Subject = Annotated[str, Meta(pattern=SUBJECT)]
Issuer = Annotated[str, Meta(pattern=ISSUER)]
Sentence = Annotated[str, Meta(pattern=SENTENCE)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
