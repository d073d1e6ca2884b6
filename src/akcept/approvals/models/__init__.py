"""Tables of acceptance."""

from akcept.approvals.models.cases import Asked, Case, Decision, Selector, Step
from akcept.approvals.models.policy import Grounds, PolicyVersion
from akcept.approvals.models.terms import Terms

__all__ = ["Asked", "Case", "Decision", "Grounds", "PolicyVersion", "Selector", "Step", "Terms"]
