"""Pages of lists: those of a unit that hands in, those of the ward that asks."""

from lms.campaign.views import asking, handing_in
from lms.campaign.views.blueprint import bp

__all__ = ["asking", "bp", "handing_in"]
