"""The door: checking a typed name and secret, alike for known and unknown, slowly for those who guess.

What may not be told apart from outside: whether a name is known, how many people share a phone, whether an account is
locked because it exists. So every refusal costs the same number of hash computations and the same writes.

An account's failures lock only browsers on which its owner never signed in: a stranger cannot lock the owner out.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lms.core import audit, throttle
from lms.core.sealing import keyed_hash
from lms.people.models import Person
from lms.people.queries.persons import holders_of
from lms.people.rules.identities import SignInName
from lms.people.services.secrets import refresh_hash, secret_matches, waste_one_computation

MOST_TRIED = 4  # people who may sign in with one phone number; others of a larger family use their personal code
PER_NAME = throttle.Limit(failures=5, window=timedelta(minutes=15), pause=timedelta(minutes=15))
# A hall full of beginners shares one address and mistypes; fifty wrong ones in a quarter of an hour are no hall.
PER_ADDRESS = throttle.Limit(failures=50, window=timedelta(minutes=15), pause=timedelta(minutes=15))


@dataclass(frozen=True)
class Device:
    """A browser as its long-lived signed cookie tells it: its id and marks of those who have signed in on it."""

    id: str = ""
    marks: frozenset[str] = field(default_factory=frozenset)

    def mark_of(self, person: Person) -> str:
        """The mark this browser bears for a person; says nothing to anybody else."""
        return keyed_hash("device", f"{self.id}:{person.uuid}")[:16]

    def knows(self, person: Person) -> bool:
        """Whether this person has signed in here before."""
        return self.mark_of(person) in self.marks


@dataclass(frozen=True)
class Refusal:
    """Not let in. `why`: "wrong" (`left` tries remain), "locked", "address_locked" (until), "ambiguous"."""

    why: str
    left: int = 0
    until: datetime | None = None


def admit(name: SignInName, secret: str, *, address: str, device: Device, now: datetime) -> Person | Refusal:
    """The person whom this name and secret let in, or the refusal. Commit in both cases: failures are counted."""
    holders = holders_of(name, most=MOST_TRIED)
    for_name = throttle.subject_key("sign_in", f"{name.kind}:{name.value}")
    for_address = throttle.subject_key("sign_in_address", address)
    counted = [(for_name, PER_NAME), (for_address, PER_ADDRESS)]
    why, until = _lock(for_name, for_address, now=now)
    if until and any(device.knows(holder) for holder in holders):
        holders = [holder for holder in holders if device.knows(holder)]
        for_device = throttle.subject_key("sign_in_device", f"{device.id}:{name.value}")
        counted = [(for_device, PER_NAME)]
        why, until = "locked", throttle.locked_until([for_device], now=now)
    if until:
        return Refusal(why, until=until)
    matching = _matching(holders, secret)
    if len(matching) == 1:
        refresh_hash(matching[0], secret)
        return matching[0]
    if matching:
        return Refusal("ambiguous")
    return _refuse(name, counted, now=now)


def _lock(for_name: str, for_address: str, *, now: datetime) -> tuple[str, datetime | None]:
    locks = throttle.locks([for_name, for_address], now=now)
    if for_name in locks:
        return "locked", locks[for_name]
    return "address_locked", locks.get(for_address)


def _matching(holders: list[Person], secret: str) -> list[Person]:
    """All holders whose secret this is. When nobody matches, always MOST_TRIED computations were made."""
    matching = [holder for holder in holders if secret_matches(holder.secret_hash or "", secret)]
    if not matching:
        for _ in range(MOST_TRIED - len(holders)):
            waste_one_computation(secret)
    return matching


def _refuse(name: SignInName, counted: list[tuple[str, throttle.Limit]], *, now: datetime) -> Refusal:
    lefts = [throttle.count_failure(subject, limit, now=now) for subject, limit in counted]
    audit.record("sign_in.refused", now=now, subject="sign_in_name:" + keyed_hash("sign_in_name", name.value)[:16])
    if lefts[0] > 0:
        return Refusal("wrong", left=lefts[0])
    return Refusal("locked", until=now + counted[0][1].pause)
