"""Schemas of the files in `frameworks/`, `frameworks/crosswalks/` and `policies/`."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from lms.core.content_tree import content_hash
from lms.framework.vocabulary import Audience, Confidence, FrameworkKind, Mark, OfficialList, PolicyStatus, Relation

_KEY = r"[A-Za-z0-9][A-Za-z0-9.-]*"
_VERSION = r"[0-9]+(?:\.[0-9]+)*"
KEY = re.compile(_KEY)

# The one legal basis of what is shipped: it says so itself.
DEFAULT_BASIS = "mặc định của hệ thống, chưa phải quy định"


def _text(pattern: str, most: int) -> Any:
    return StringConstraints(pattern=pattern, max_length=most)


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Version = Annotated[str, _text(rf"^{_VERSION}$", 20)]
LocalId = Annotated[str, _text(rf"^{_KEY}$", 40)]
FrameworkRef = Annotated[str, _text(rf"^{_KEY}@{_VERSION}$", 100)]
LevelRef = Annotated[str, _text(rf"^{_KEY}@{_VERSION}/level/{_KEY}$", 160)]
GroupRef = Annotated[str, _text(rf"^{_KEY}@{_VERSION}/group/{_KEY}$", 160)]
SkillRef = Annotated[str, _text(rf"^{_KEY}@{_VERSION}/skill/{_KEY}$", 160)]
AnyRef = Annotated[str, _text(rf"^{_KEY}@{_VERSION}(/(level|group|skill|outcome)/{_KEY})?$", 160)]
Percent = Annotated[int, Field(ge=0, le=100)]


class ContentModel(BaseModel):
    """A mapping of a content file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VersionedDocument(ContentModel):
    """A file named after its key, `<key>.yaml` or `<key>@<version>.yaml`, holding one published version of it."""

    version: Version
    _key: str = PrivateAttr("")
    _file: str = PrivateAttr("")

    def named(self, key: str, file: str) -> Self:
        """The same document, knowing its key and its file in the tree."""
        self._key, self._file = key, file
        return self

    @property
    def key(self) -> str:
        """What the file is called: the name people use."""
        return self._key

    @property
    def file(self) -> str:
        """Path of the file in its tree, for messages."""
        return self._file

    @property
    def content_hash(self) -> str:
        """Identity of this version: hash of key and normalised file. A field left at its default changes nothing."""
        return content_hash({"key": self._key, **self.as_json()})

    def as_json(self) -> dict[str, Any]:
        """The normalised file."""
        return self.model_dump(mode="json", exclude_defaults=True, by_alias=True)


class Sourced(ContentModel):
    """An entry that says where it was read and how far it can be trusted."""

    source: Words
    confidence: Confidence
    note: Words | None = None


class BandEntry(ContentModel):
    """A step that holds several levels (trình độ)."""

    id: LocalId
    name_vi: Words
    name_en: Words


class LevelEntry(Sourced):
    """A step of proficiency. The official name stands on papers, the short one on screens."""

    id: LocalId
    official_name: Words
    short_name: Words
    name_en: Words | None = None
    band: LocalId | None = None
    completes_when: Words | None = None
    completes_when_en: Words | None = None
    digcomp_descriptor: Words | None = None
    school_grade: Words | None = None


class SkillEntry(Sourced):
    """One thing a person can do, with what is shown at each level: level id -> outcome code -> sentence."""

    id: LocalId
    name_vi: Words
    name_en: Words | None = None
    short_name: Words
    description_vi: Words | None = None
    basis: Words | None = None
    category_vi: Words | None = None
    lessons: int | None = None
    outcomes: dict[LocalId, dict[LocalId, Words]] = {}


class GroupEntry(Sourced):
    """A group of skills. `same_as` stands for all groups of another framework."""

    id: LocalId
    name_vi: Words
    name_en: Words | None = None
    short_name: Words
    icon: Words
    description_vi: Words | None = None
    core_group_vi: Words | None = None
    same_as: FrameworkRef | None = None
    skills: list[SkillEntry] = []


class OutcomeSource(Sourced):
    """Where the outcomes of these levels were read."""

    levels: list[LocalId]


class Target(Sourced):
    """Who should reach what by when, as a published document puts it."""

    year: int
    text_vi: Words
    percent: Percent | None = None


class StructureFact(Sourced):
    """What is known about a part of the issuing document."""

    part: Words
    fact: Words


class ExtraTrack(Sourced):
    """Something the document offers beside its levels."""

    name_vi: Words
    audience: Words


class FrameworkDocument(VersionedDocument):
    """One version of a framework: its words, levels, groups, skills and outcomes, each with source and confidence.

    English words are plural where there are several (levels, skill groups).
    """

    version_name: Words | None = None
    kind: FrameworkKind
    position: int
    title_vi: Words
    title_en: Words
    short_title: Words
    icon: Words
    issuing_document: Words
    audience: Words
    audience_key: Audience | None = None
    parent: FrameworkRef | None = None
    level_word: Words | None = None
    level_word_en: Words | None = None
    band_word: Words | None = None
    band_word_en: Words | None = None
    group_word: Words
    group_word_en: Words
    skill_word: Words
    skill_word_en: Words
    title_source: Words | None = None
    title_confidence: Confidence | None = None
    official_list: OfficialList
    official_list_note: Words | None = None
    list_notice: Words | None = None
    list_notice_en: Words | None = None
    counts: dict[str, int] = {}
    counts_source: Words | None = None
    counts_confidence: Confidence | None = None
    note: Words | None = None
    level_note: Words | None = None
    level_note_source: Words | None = None
    missing: Words | None = None
    source: Words
    confidence: Confidence
    structure: list[StructureFact] = []
    targets: list[Target] = []
    extra_tracks: list[ExtraTrack] = []
    groups_from: FrameworkRef | None = None
    outcome_sources: list[OutcomeSource] = []
    outcome_note: Words | None = None
    bands: list[BandEntry] = []
    levels: list[LevelEntry] = []
    groups: list[GroupEntry] = []

    @property
    def ref(self) -> str:
        """`key@version`."""
        return f"{self.key}@{self.version}"

    def refs(self) -> set[str]:
        """Refs of the framework and of everything in it."""
        levels = {f"{self.ref}/level/{level.id}" for level in self.levels}
        groups = {f"{self.ref}/group/{group.id}" for group in self.groups}
        skills = [skill for group in self.groups for skill in group.skills]
        codes = {code for skill in skills for by_code in skill.outcomes.values() for code in by_code}
        return ({self.ref} | levels | groups | {f"{self.ref}/skill/{skill.id}" for skill in skills}
                | {f"{self.ref}/outcome/{code}" for code in codes})


class CrosswalkRow(Sourced):
    """What `from` is to `to`: the same, close to it, broader (covers more) or narrower."""

    from_ref: AnyRef = Field(alias="from")
    to_ref: AnyRef = Field(alias="to")
    relation: Relation


class CrosswalkDocument(ContentModel):
    """A file of correspondences between the versions of two frameworks."""

    title: Words
    note: Words | None = None
    rows: list[CrosswalkRow]


class LessonsGate(ContentModel):
    """Whether the course must be finished first, or a person may be assessed at once."""

    required: bool
    course: LocalId | None = None

    @model_validator(mode="after")
    def _names_its_course(self) -> Self:
        if self.required and self.course is None:
            raise ValueError("required lessons need the key of their course")
        return self


class AssessmentGate(ContentModel):
    """An assessment to pass: percent overall and per skill group, and the skills in which no item may be missed."""

    key: LocalId
    overall: Percent
    groups: dict[GroupRef, Percent] = {}
    must_pass_skills: list[SkillRef] = []


class PracticalGate(ContentModel):
    """Observed tasks: every required task of the rubric needs one of these marks."""

    rubric: LocalId
    accept: list[Mark] = Field(min_length=1)


class ConfirmationGate(ContentModel):
    """Who confirms: a person in one of these roles, or the body's own decision, by its number."""

    by: Literal["person", "decision"]
    roles: list[Literal["assessor", "officer", "admin"]] = []
    decision_number: Words | None = None

    @model_validator(mode="after")
    def _has_its_basis(self) -> Self:
        if self.by == "person" and not self.roles:
            raise ValueError("by: person needs the roles that may confirm")
        if self.by == "decision" and not self.decision_number:
            raise ValueError("by: decision needs decision_number")
        return self


class CertificateWords(ContentModel):
    """The wording of the certificate: what was achieved, in which scheme, which content it follows."""

    achievement: Words
    scheme: Words
    follows: Words | None = None


class PolicyDocument(VersionedDocument):
    """What completes a level for one audience, decided by one body (`organisation`) or shipped as the default.

    `effective_from` and `effective_to` are the first and the last day on which it holds.
    """

    title: Words
    status: PolicyStatus
    legal_basis: Words
    level: LevelRef
    audience: Audience
    organisation: LocalId | None = None
    effective_from: date
    effective_to: date | None = None
    lessons: LessonsGate
    assessments: list[AssessmentGate] = []
    practical: PracticalGate | None = None
    bank: Literal["open", "closed"]
    confirm: ConfirmationGate
    valid_months: Annotated[int, Field(gt=0)] | None = None
    certificate: CertificateWords

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.status == "local") != (self.organisation is not None):
            raise ValueError("status local, and only that, names the organisation that decided")
        if self.status == "default" and self.legal_basis != DEFAULT_BASIS:
            raise ValueError(f"the legal basis of a default is: {DEFAULT_BASIS}")
        if self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to lies before effective_from")
        if not self.assessments and self.practical is None:
            raise ValueError("a level needs at least one assessment or a practical")
        if self.confirm.by == "decision" and self.practical is not None:
            raise ValueError("by: decision goes with assessments alone; a practical is judged by a person")
        return self
