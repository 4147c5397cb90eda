"""Types of items: what they ask, how they are read, how they are scored. One file per kind; `base` is the contract."""

from lms.assessment.item_types.base import ItemType
from lms.assessment.item_types.hotspot import Hotspot
from lms.assessment.item_types.matching import Matching
from lms.assessment.item_types.multiple_choice import MultipleChoice
from lms.assessment.item_types.numeric import Numeric
from lms.assessment.item_types.ordering import Ordering
from lms.assessment.item_types.scenario import Scenario
from lms.assessment.item_types.short_text import ShortText
from lms.assessment.item_types.single_choice import SingleChoice
from lms.assessment.item_types.true_false import TrueFalse

TYPES: dict[str, ItemType] = {kind.name: kind for kind in (
    SingleChoice(), MultipleChoice(), TrueFalse(), Matching(), Ordering(), ShortText(), Numeric(), Hotspot(), Scenario(),
)}


def of(name: str) -> ItemType:
    """The type of this name. Raises KeyError for one that does not exist."""
    return TYPES[name]
