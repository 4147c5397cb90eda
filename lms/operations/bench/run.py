"""One run on one database: prepare the places, start the servers, measure in sweeps."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from lms.core.config import ROOT
from lms.operations.bench import inside, load, rosters, seed, targets, weigh, yardsticks
from lms.operations.bench.goals import FEW, PAGES, YARDSTICKS, Measured
from lms.operations.bench.load import Round, Work
from lms.operations.bench.places import Place, Server, empty_place, serve_product, serve_yardsticks, stopping
from lms.people.services.secrets import HASHER, hash_secret

Say = Callable[[str], None]
HASHES = 10          # in one round
WARM_UP = 0.15       # seconds
FIRST_LEARNER = 101  # number of the first person who signs in; the ones before wait for their paper or see a team
STATEMENTS = {"today_statements": "/hom-nay", "skill_map_statements": "/ky-nang"}
MEMORY, WEIGHTS = {"memory_web", "memory_all"}, {"lesson_first_visit", "lesson_next_visit"}
PAPERS = {"certificate", "paper"}
OF_MANY_ONLY = {*STATEMENTS, *PAPERS, "lesson_packed", "attempt", "sign_in"}


@dataclass(frozen=True)
class Scale:
    """How long and how large: sweeps of rounds of so many seconds, signed-in learners, the people of the two places."""

    sweeps: int
    seconds: float
    learners: int
    many: seed.Sizes
    few: seed.Sizes


FULL = Scale(4, 0.7, targets.CONNECTIONS, seed.Sizes(100_000, 100, 10_000), seed.Sizes(1_000, 100, 200))
QUICK = Scale(2, 0.2, 4, seed.Sizes(2_000, 100, 1_000), seed.Sizes(300, 100, 100))


@dataclass(frozen=True)
class Setting:
    """One product server with its place. `suffix` marks the rows of the one with few people."""

    place: Place
    server: Server
    suffix: str = ""


def measure(kind: str, folder: Path, needed: set[str], scale: Scale, say: Say) -> Measured:
    """Everything of these names on one kind of database."""
    measured = Measured()
    with ExitStack() as stack:
        places = _places(kind, folder, needed, stack, scale, say)
        bare = serve_yardsticks(places[0])
        settings = [Setting(place, serve_product(place), suffix) for place, suffix in zip(places, ("", FEW))]
        with stopping(bare, *(setting.server for setting in settings)):
            say(f"{kind}: signing people in, starting attempts, issuing papers …")
            works = [work for work in _works(bare, settings, needed, measured, scale) if work.name in needed]
            _sweeps(works, measured, scale, say)
            if WEIGHTS & needed:
                _weigh_lessons(settings[0].server, measured)
        if (rosters.ROWS | {rosters.MEMORY}) & needed:
            say("lists of people …")
            _rosters(places[0], measured, scale)
        if MEMORY & needed:
            say("memory …")
            measured.numbers["memory_web"] = _memory(places[-1], with_jobs=False)
            measured.numbers["memory_all"] = _memory(places[-1], with_jobs=True)
    if "second_start" in needed:
        say("starting the demonstration twice …")
        measured.numbers["first_start"], measured.numbers["second_start"] = weigh.starts(folder)
    return measured


def _places(
    kind: str, folder: Path, needed: set[str], stack: ExitStack, scale: Scale, say: Say,
) -> list[Place]:
    """Places with content and people: the full one, which the yardsticks share, and where it is needed the small one."""
    sizes = {"many": scale.many}
    if MEMORY & needed or any(name.endswith(FEW) for name in needed):
        sizes["few"] = scale.few
    say(f"{kind}: databases with {' and '.join(f'{size.people:,}' for size in sizes.values())} people …")
    folder.mkdir(parents=True, exist_ok=True)
    content = targets.content_with_assessment(ROOT / "courses_content", folder)
    start = stack.enter_context(empty_place(kind, folder / "start", content=content))
    start.run("db", "upgrade")
    start.run("content", "load")
    places = []
    for name, size in sizes.items():
        places.append(stack.enter_context(empty_place(kind, folder / name, content=content, like=start)))
        seed.fill(places[-1], size)
    engine = sa.create_engine(places[0].url)
    yardsticks.fill(engine, scale.many.people)
    engine.dispose()
    return places


def _works(
    bare: Server, settings: list[Setting], needed: set[str], measured: Measured, scale: Scale,
) -> Iterator[Work]:
    """Yardsticks and product in the order in which a sweep takes them: what is compared stands near."""
    yards = targets.yardsticks(bare)
    yield yards[0]
    for setting in settings:
        yield from targets.public_pages(setting.server, setting.suffix)
    yield from yards[1:4]
    for setting in settings:
        names = {name + setting.suffix for name in PAGES} if setting.suffix else PAGES.keys() | OF_MANY_ONLY
        if names & needed:
            yield from _learner_works(setting, needed, measured, scale)
    yield from yards[4:]
    if {"list_small", "list_large"} & needed:
        yield from targets.class_lists(settings[0].server)
    if {"class_table", "class_table_small"} & needed:
        yield from targets.class_tables(settings[0].server)
    yield Work("argon2", None, story=_hash_pins(hash_secret(seed.SECRET)))


def _learner_works(setting: Setting, needed: set[str], measured: Measured, scale: Scale) -> Iterator[Work]:
    """What signed-in learners do at one product, and the papers issued there."""
    is_many = not setting.suffix
    visitors = targets.Visitors(setting.server).bring(
        learners=scale.learners, walkers=targets.WALKERS if is_many and "attempt" in needed else 0, first=FIRST_LEARNER)
    serials = _inside(setting, visitors, needed, measured, scale)
    yield from targets.learner_pages(visitors, setting.suffix)
    yield from targets.attempt_pages(visitors, setting.suffix)
    yield targets.verify(setting.server, serials, setting.suffix)
    if is_many:
        yield targets.attempts(visitors)
        yield targets.sign_ins(visitors)


def _inside(
    setting: Setting, visitors: targets.Visitors, needed: set[str], measured: Measured, scale: Scale,
) -> list[str]:
    """What a process of the product measures about itself; returns the serials of the papers it issued."""
    is_many = not setting.suffix
    wanted = {name: path for name, path in STATEMENTS.items() if name in needed and is_many}
    pages = dict.fromkeys(wanted.values(), visitors.learners[0].cookie_header())
    rounds = scale.sweeps if is_many and PAPERS & needed else 0
    told = json.loads(setting.place.run_python(inside.START, str(rounds), json.dumps(pages)))
    for name, path in wanted.items():
        measured.numbers[name] = told["statements"][path]
    for sweep, papers in enumerate(told["papers"]):
        for name, fields in papers.items():
            measured.rounds.setdefault(name, {})[sweep] = Round(**fields)
    return list(told["serials"])


def _rosters(place: Place, measured: Measured, scale: Scale) -> None:
    """Lists of as many people as the large team has, taken in by a process of the product."""
    file = str(place.folder / "danh-sach.xlsx")
    told = json.loads(place.run_python(rosters.START, str(scale.sweeps), str(scale.many.large_team), place.kind, place.url, file))
    for sweep, rows in enumerate(told["rounds"]):
        for name, fields in rows.items():
            measured.rounds.setdefault(name, {})[sweep] = Round(**fields)
    measured.numbers[rosters.MEMORY] = float(place.run_python(rosters.MEMORY_START, file, "truong-nang"))


def _hash_pins(stored: str) -> Callable[[], int]:
    def story() -> int:
        for _ in range(HASHES):
            HASHER.verify(stored, seed.SECRET)
        return HASHES

    return story


def _sweeps(works: list[Work], measured: Measured, scale: Scale, say: Say) -> None:
    """A, B, C, …, A, B, C, …: every sweep measures everything once. What was disturbed is measured once more."""
    for work in works:
        load.measure(work, seconds=WARM_UP)
    for sweep in range(scale.sweeps):
        say(f"sweep {sweep + 1} of {scale.sweeps}: {len(works)} rows …")
        for work in works:
            measured.rounds.setdefault(work.name, {})[sweep] = load.measure(work, seconds=scale.seconds)
    disturbed = {work.name for work in works if any(one.is_disturbed for one in measured.of(work.name))}
    if disturbed:
        again = [work for work in works if work.name in disturbed or work.name in YARDSTICKS]
        say(f"others used the machine: {len(again)} rows once more …")
        for work in again:
            measured.rounds[work.name][scale.sweeps] = load.measure(work, seconds=scale.seconds)


def _weigh_lessons(server: Server, measured: Measured) -> None:
    """The heaviest lesson, as a phone fetches it."""
    paths = targets.lesson_paths(server)
    visits = [weigh.weights(server, path, following) for path, following in zip(paths, [*paths[1:], paths[0]])]
    measured.numbers["lesson_first_visit"] = max(first for first, _ in visits) / 1000
    measured.numbers["lesson_next_visit"] = max(following for _, following in visits) / 1000


def _memory(place: Place, *, with_jobs: bool) -> float:
    """Mebibytes of the two workers of a fresh server after some hundreds of pages of every kind.

    With jobs: of everything, the first process and the background worker included, which has issued papers meanwhile.
    """
    server = serve_product(place, with_jobs=with_jobs)
    with stopping(server):
        first = FIRST_LEARNER + (60 if with_jobs else 50)  # people who have no attempt running yet
        visitors = targets.Visitors(server).bring(learners=4, first=first)
        for work in (*targets.public_pages(server), *targets.learner_pages(visitors), *targets.attempt_pages(visitors)):
            load.measure(work, seconds=WARM_UP)
        if with_jobs:
            weigh.settle(server)
        return weigh.memory(server, workers_only=not with_jobs)
