"""Tables of assessment. One file per noun."""

from lms.assessment.models.assessments import Assessment, AssessmentVersion, Rubric, RubricVersion
from lms.assessment.models.attempts import Attempt, AttemptItem, LateResponse, Response
from lms.assessment.models.confirmations import Confirmation, ConfirmationEvent, Observation, SentBack
from lms.assessment.models.external_evidence import EvidenceSource, ExternalEvidence, ExternalEvidenceEvent
from lms.assessment.models.items import Item, ItemBank, ItemVersion

__all__ = [
    "Assessment", "AssessmentVersion", "Attempt", "AttemptItem", "Confirmation", "ConfirmationEvent", "EvidenceSource",
    "ExternalEvidence", "ExternalEvidenceEvent", "Item", "ItemBank", "ItemVersion", "LateResponse", "Observation",
    "Response", "Rubric", "RubricVersion", "SentBack",
]
