"""IAM: identity providers of OpenID Connect, by which tokens of an issuer become roles."""

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, deleted_by, given, items, table
from clover.lab.provider.wire import Props

_ARN = "OpenIDConnectProviderArn"


def _create(call: Call, inputs: Props) -> str:
    made = call.do(
        "iam",
        "create_open_id_connect_provider",
        **given(
            Url=inputs["url"],
            ClientIDList=inputs["clientIdLists"],
            ThumbprintList=inputs.get("thumbprintLists"),
            Tags=tagging.as_list(table(inputs, "tagsAll")),
        ),
    )
    return made[_ARN]


def _read(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
    if found is None:
        return None
    return {
        "arn": arn,
        "url": f"https://{found['Url']}",  # the real provider takes it with and without the scheme for the same
        "clientIdLists": found["ClientIDList"],
        "thumbprintLists": found["ThumbprintList"],
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _update(call: Call, update: Update) -> None:
    about = {_ARN: update.id}
    if update.touches("thumbprintLists"):
        told = items(update.new, "thumbprintLists")
        call.do("iam", "update_open_id_connect_provider_thumbprint", ThumbprintList=told, **about)
    if update.touches("clientIdLists"):
        wanted, present = set(items(update.new, "clientIdLists")), set(items(update.state, "clientIdLists"))
        for name in sorted(wanted - present):
            call.do("iam", "add_client_id_to_open_id_connect_provider", ClientID=name, **about)
        for name in sorted(present - wanted):
            call.remove("iam", "remove_client_id_from_open_id_connect_provider", ClientID=name, **about)


TAGGER = Tagger(
    add=lambda call, arn, tags: call.do(
        "iam", "tag_open_id_connect_provider", OpenIDConnectProviderArn=arn, Tags=tagging.as_list(tags)
    ),
    remove=lambda call, arn, keys: call.do(
        "iam", "untag_open_id_connect_provider", OpenIDConnectProviderArn=arn, TagKeys=keys
    ),
)

KINDS = {
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Kind(
        create=_create,
        read=_read,
        update=_update,
        delete=deleted_by("iam", "delete_open_id_connect_provider", _ARN),
        tagger=TAGGER,
    )
}
