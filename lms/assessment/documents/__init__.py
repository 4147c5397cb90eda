"""Schemas of the files of this feature: item banks, assessments, rubrics."""

from lms.assessment.documents.assessments import AssessmentFile, RubricFile
from lms.assessment.documents.items import BankFile, ItemBase

__all__ = ["AssessmentFile", "BankFile", "ItemBase", "RubricFile"]
