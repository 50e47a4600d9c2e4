"""AWS policy semantics: the plain evaluator of one concrete request, written from AWS's documentation rule by rule."""

from clover.logic.aws.composition import Decision, decide, evaluate
from clover.logic.aws.policies import Policies, read_policies
from clover.logic.aws.reading import Malformed
from clover.logic.aws.request import read_request

__all__ = ["Decision", "Malformed", "Policies", "decide", "evaluate", "read_policies", "read_request"]
