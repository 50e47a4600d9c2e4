"""AWS policy semantics: the plain evaluator of one concrete request, written from AWS's documentation rule by rule."""

from clover.logic.aws.composition import Decision, evaluate
from clover.logic.aws.reading import Malformed

__all__ = ["Decision", "Malformed", "evaluate"]
