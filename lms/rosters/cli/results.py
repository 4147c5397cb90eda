"""`lms roster results`: a list from another platform as external evidence; `lms roster sources`: where such lists come from."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from lms.assessment.models import EvidenceSource
from lms.assessment.queries.external_evidence import all_sources, source_by_key
from lms.assessment.services.external_evidence import create_source
from lms.core import clock
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation
from lms.rosters.cli.frame import (
    DONE,
    FAULTY,
    acting_as,
    answering_unread,
    as_option,
    bytes_of,
    command,
    contract_document,
    dry_option,
    file_argument,
    json_option,
    operator,
    organisation_named,
    show,
)
from lms.rosters.reading import Reading, read_roster
from lms.rosters.reading.result_words import RESULTS
from lms.rosters.services.imports import may_send, remembered_choice
from lms.rosters.services.keeping import keep_lines
from lms.rosters.services.results import ResultsTarget, begin_results, check_list_of_results, write_results
from lms.web.phrases.external_evidence import result_sentence


@command("results")
@file_argument
@click.option("--org", "key", required=True, help="Key of the organisation whose people are looked for.")
@click.option("--source", "source_key", required=True, help="Key of the source, as `lms roster sources` lists them.")
@click.option("--course", default="", metavar="TITLE", help="Course of the rows that name none.")
@dry_option
@as_option
@json_option
def roster_results(
    file: Path, key: str, source_key: str, course: str, dry_run: bool, as_user: str | None, as_json: bool,
) -> None:
    """Results from another platform as evidence about people who are here. Nobody is created: in the document `new` are the
    rows that mean nobody here (left out, with a warning each), `unchanged` those that are evidence already."""
    organisation, by = organisation_named(key), acting_as(as_user)
    may_send(organisation.id, by)
    source = source_named(source_key, organisation)
    content, course = bytes_of(file), clean(course)[:200]
    with answering_unread(file, as_json=as_json):
        read = read_list(content, file.name, organisation)
    document = taken_in(read, content, file.name, source, organisation, course=course, by=by, dry_run=dry_run)
    told = {kind: [{**one, "message": result_sentence(one)} for one in document[kind]] for kind in ("errors", "warnings")}
    show(contract_document({**document, **told}), as_json)
    sys.exit(FAULTY if document["errors"] else DONE)


def source_named(key: str, organisation: Organisation) -> EvidenceSource:
    """The open source of this key. Raises DomainError source.unknown (key), source.ended (name)."""
    found = source_by_key(key, organisation)
    if found is None:
        raise DomainError("source.unknown", key=key)
    if found.ended_at is not None:
        raise DomainError("source.ended", name=found.name)
    return found


def read_list(content: bytes, name: str, organisation: Organisation) -> Reading:
    """The list, with the columns that somebody assigned for this organisation before. Raises what `read_roster` raises."""
    read = read_roster(content, filename=name, vocabulary=RESULTS)
    remembered = remembered_choice(organisation, read)
    return read_roster(content, filename=name, choice=remembered, vocabulary=RESULTS) if remembered else read


def taken_in(
    read: Reading, content: bytes, name: str, source: EvidenceSource, organisation: Organisation, *, course: str,
    by: Actor | None, dry_run: bool,
) -> dict[str, Any]:
    """Check, and unless it is a dry run write, all or nothing. A list that changes nothing leaves no trace."""
    now, place, from_where = clock.now(), organisation.id, source.id
    with reading():
        lines, document = check_list_of_results(read, ResultsTarget(place, from_where, course), now=now)
    if dry_run or document["errors"] or not document["rows"]:
        return document
    if document["matched"] > document["unchanged"]:
        roster = begin_results(
            source=db.session.get_one(EvidenceSource, from_where), organisation=db.session.get_one(Organisation, place),
            content=content, filename=name, course=course, by=by, operator=operator(), now=now)
        keep_lines(roster, lines, document, now=now)
        write_results(roster, by=by, now=now)
        db.session.commit()
        click.echo(f"import {roster.uuid}", err=True)
    return {**document, "committed": True}


@command("sources")
@json_option
def roster_sources(as_json: bool) -> None:
    """The sources whose lists of results may be taken."""
    found = all_sources()
    if as_json:
        click.echo(json.dumps({"sources": found}, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['key']}: {one['name']} ({one['vouched_by']}), {one['lines']} results"
                   f"{'' if one['open'] else ', ended'}")


@command("add-source")
@click.argument("key")
@click.option("--name", required=True, help="Name of the platform or school.")
@click.option("--vouched-by", required=True, help="The body that stands for the truth of its lists.")
@click.option("--org", "org_key", required=True, help="Key of the organisation at and below which it may be named.")
@click.option("--address", default="", help="Its web address.")
@as_option
def roster_add_source(key: str, name: str, vouched_by: str, org_key: str, address: str, as_user: str | None) -> None:
    """A new source of results."""
    source = create_source(key=key, name=name, vouched_by=vouched_by, address=address, organisation=organisation_named(org_key),
                           by=acting_as(as_user), operator=operator(), now=clock.now())
    db.session.commit()
    click.echo(source.key, err=True)
