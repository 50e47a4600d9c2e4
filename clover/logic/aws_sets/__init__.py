"""AWS policies as exact sets of requests.

Two documents are compared with `compare`. Whole sets of policies make a world, in which questions are policy documents,
too; every set is exact unless variables (`${…}`) or values of several kinds are in play, and then a superset that says
so by a witness that does not replay:

    reading = {"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:GetObject",
                             "Resource": "arn:aws:s3:::store/*"}}
    policies = {"identity": [grant], "resource": bucket_policy, "scp": [[full_access], [limits]]}
    world = World("123456789012", [policies], questions=[reading])
    strangers = world.effective(policies).intersect(world.question(reading))
    if not strangers.is_empty():
        print(strangers.witness(replay=lambda request: evaluate(request, policies).decision == "allow"))

Not covered: which resources an action takes (an action may stand beside a resource of another service where no
document says otherwise), KMS grants, and differences between a session's ARN and its role's path that only a role's
name could tell.
"""

from clover.logic.aws_sets.comparison import Comparison, Replay, compare
from clover.logic.aws_sets.factors import Literal
from clover.logic.aws_sets.lawful import OF_CALLERS
from clover.logic.aws_sets.reading import names_principals
from clover.logic.aws_sets.request_sets import RequestSet
from clover.logic.aws_sets.requests import Request
from clover.logic.aws_sets.world import World
from clover.logic.sets.bounds import Undecided

__all__ = [
    "OF_CALLERS",
    "Comparison",
    "Literal",
    "Replay",
    "Request",
    "RequestSet",
    "Undecided",
    "World",
    "compare",
    "names_principals",
]
