"""SNS: topics, their policies, and who listens."""

import json

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, deleted_by, given, table
from clover.lab.provider.wire import Props

#: The attributes of a topic that are text, as they are.
TOPIC = {"kmsMasterKeyId": "KmsMasterKeyId", "displayName": "DisplayName", "deliveryPolicy": "DeliveryPolicy"}
SUBSCRIPTION = {
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "deliveryPolicy": "DeliveryPolicy",
    "redrivePolicy": "RedrivePolicy",
}
POLICY = "Policy"


def _create_topic(call: Call, inputs: Props) -> str:
    attributes = {theirs: inputs[ours] for ours, theirs in TOPIC.items() if inputs.get(ours)}
    tags = tagging.as_list(table(inputs, "tagsAll"))
    wanted = given(Name=inputs["name"], Attributes=attributes, Tags=tags)
    return call.do("sns", "create_topic", **wanted)["TopicArn"]


def _read_topic(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find("sns", "get_topic_attributes", TopicArn=arn)
    if found is None:
        return None
    about = found["Attributes"]
    tags = call.do("sns", "list_tags_for_resource", ResourceArn=arn)["Tags"]
    return {
        "arn": arn,
        "name": arn.rpartition(":")[2],
        "owner": about.get("Owner"),
        "tagsAll": tagging.from_list(tags),
        **{ours: about.get(theirs, "") for ours, theirs in TOPIC.items()},
    }


def _update_topic(call: Call, update: Update) -> None:
    for ours, theirs in TOPIC.items():
        if update.touches(ours):
            _set(call, update.id, theirs, update.new.get(ours, ""))


def _set(call: Call, topic: str, name: str, value: str) -> None:
    call.do("sns", "set_topic_attributes", TopicArn=topic, AttributeName=name, AttributeValue=value)


TAGGER = Tagger(
    add=lambda call, arn, tags: call.do("sns", "tag_resource", ResourceArn=arn, Tags=tagging.as_list(tags)),
    remove=lambda call, arn, keys: call.do("sns", "untag_resource", ResourceArn=arn, TagKeys=keys),
)


def _create_policy(call: Call, inputs: Props) -> str:
    _set(call, inputs["arn"], POLICY, inputs["policy"])
    return inputs["arn"]


def _read_policy(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find("sns", "get_topic_attributes", TopicArn=arn)
    if found is None:
        return None
    return {"arn": arn, "owner": found["Attributes"].get("Owner"), "policy": found["Attributes"].get(POLICY)}


def _update_policy(call: Call, update: Update) -> None:
    if update.touches("policy"):
        _set(call, update.id, POLICY, update.new["policy"])


def _delete_policy(call: Call, arn: str, _state: Props) -> None:
    """Put back what a topic says that was told no policy: its own account's principals, by their own policies."""
    own = {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}}
    said = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": arn, "Condition": own}
    text = json.dumps({"Version": "2008-10-17", "Statement": [said]})
    call.remove("sns", "set_topic_attributes", TopicArn=arn, AttributeName=POLICY, AttributeValue=text)


def _subscribe(call: Call, inputs: Props) -> str:
    attributes = {theirs: inputs[ours] for ours, theirs in SUBSCRIPTION.items() if inputs.get(ours)}
    wanted = {"TopicArn": inputs["topic"], "Protocol": inputs["protocol"], "Endpoint": inputs["endpoint"]}
    answer = call.do("sns", "subscribe", **wanted, **given(Attributes=attributes), ReturnSubscriptionArn=True)
    return answer["SubscriptionArn"]


def _read_subscription(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find("sns", "get_subscription_attributes", SubscriptionArn=arn)
    if found is None:
        return None
    about = found["Attributes"]
    return {
        "arn": arn,
        "topic": about["TopicArn"],
        "protocol": about["Protocol"],
        "endpoint": about["Endpoint"],
        "ownerId": about.get("Owner"),
        "pendingConfirmation": about.get("PendingConfirmation") == "true",
        "confirmationWasAuthenticated": about.get("ConfirmationWasAuthenticated") == "true",
        **{ours: about.get(theirs, "") for ours, theirs in SUBSCRIPTION.items()},
    }


def _update_subscription(call: Call, update: Update) -> None:
    for ours, theirs in SUBSCRIPTION.items():
        if update.touches(ours):
            wanted = {"AttributeName": theirs, "AttributeValue": update.new.get(ours, "")}
            call.do("sns", "set_subscription_attributes", SubscriptionArn=update.id, **wanted)


KINDS = {
    "aws:sns/topic:Topic": Kind(
        create=_create_topic,
        read=_read_topic,
        update=_update_topic,
        delete=deleted_by("sns", "delete_topic", "TopicArn"),
        tagger=TAGGER,
    ),
    "aws:sns/topicPolicy:TopicPolicy": Kind(
        create=_create_policy, read=_read_policy, update=_update_policy, delete=_delete_policy
    ),
    "aws:sns/topicSubscription:TopicSubscription": Kind(
        create=_subscribe,
        read=_read_subscription,
        update=_update_subscription,
        delete=deleted_by("sns", "unsubscribe", "SubscriptionArn"),
    ),
}
