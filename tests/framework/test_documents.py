from datetime import date

import pytest
from pydantic import ValidationError

from lms.framework.documents import FrameworkDocument, PolicyDocument
from tests.framework.factories import framework_data, local_policy_data, policy_data


def test_a_field_left_at_its_default_does_not_change_the_hash():
    plain = FrameworkDocument.model_validate(framework_data()).named("k", "")
    spelled_out = FrameworkDocument.model_validate(framework_data(note=None, targets=[])).named("k", "")

    assert plain.content_hash == spelled_out.content_hash


def test_every_change_of_text_changes_the_hash():
    one = FrameworkDocument.model_validate(framework_data()).named("k", "")
    other = FrameworkDocument.model_validate(framework_data(audience="Mọi người")).named("k", "")

    assert one.content_hash != other.content_hash


def test_a_document_read_back_from_its_json_is_the_same():
    policy = PolicyDocument.model_validate(policy_data()).named("k", "")

    again = PolicyDocument.model_validate(policy.as_json()).named("k", "")

    assert again == policy
    assert again.content_hash == policy.content_hash


@pytest.mark.parametrize(("data", "words"), [
    (policy_data(legal_basis="Quyết định 757"), "legal basis of a default"),
    (policy_data(organisation="phuong-thu"), "names the organisation"),
    (local_policy_data(organisation=None), "names the organisation"),
    (policy_data(effective_to=date(2026, 10, 1)), "before effective_from"),
    (policy_data(assessments=[]), "at least one assessment or a practical"),
    (policy_data(lessons={"required": True}), "key of their course"),
    (policy_data(confirm={"by": "person"}), "roles that may confirm"),
    (policy_data(confirm={"by": "decision"}), "decision_number"),
    (policy_data(confirm={"by": "decision", "decision_number": "15"},
                 practical={"rubric": "r", "accept": ["alone"]}), "judged by a person"),
    (policy_data(assessments=[{"key": "k", "overall": 101}]), "less than or equal to 100"),
    (policy_data(level="thang-thu/level/cap-1"), "match pattern"),
    (policy_data(unknown=1), "Extra inputs"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_policy_that_contradicts_itself_is_refused(data, words):
    with pytest.raises(ValidationError, match=words):
        PolicyDocument.model_validate(data)
