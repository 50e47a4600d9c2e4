"""Azure authorisation semantics: the plain evaluators of one concrete request, written from Azure's documentation."""

from clover.logic.aws.reading import Malformed
from clover.logic.azure.composition import evaluate
from clover.logic.azure.decision import Decision
from clover.logic.azure.network import evaluate_network

__all__ = ["Decision", "Malformed", "evaluate", "evaluate_network"]
