"""Time as the installation sees it: UTC inside, the ward's zone for days and for people."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WARD_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in UTC. Rules never call it: they take `now` as an argument."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The day on the ward's calendar at this moment."""
    return moment.astimezone(WARD_ZONE).date()


def end_of(day: date) -> datetime:
    """The moment at which this day is over on the ward's calendar."""
    return datetime.combine(day + timedelta(days=1), time(), WARD_ZONE).astimezone(UTC)
