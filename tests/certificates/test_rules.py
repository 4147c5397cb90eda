import re
import unicodedata
from collections import Counter
from datetime import timedelta

import pytest

from lms.certificates.rules import (
    ALPHABET,
    Terms,
    check_transition,
    current_state,
    parse_serial,
    printable_name,
    random_part,
    serial_of,
)
from lms.core.errors import DomainError
from tests.factories import NOW

WHOLE = "BT-2026-000127-K7QM-2RXD"


@pytest.mark.parametrize("typed", [
    WHOLE, "bt-2026-000127-k7qm-2rxd", "BT2026000127K7QM2RXD", "  bt 2026 000127 k7qm 2rxd ", "BT–2026–000127–K7QM–2RXD",
    "BT.2026.000127.K7QM.2RXD", "ＢＴ-2026-000127-K7QM-2RXD", "BT-2026-OOO127-K7QM-2RXD", "BT-2026-000I27-K7QM-2RXD",
    f"https://hocso.benthu.example/k/{WHOLE}", f"https://hocso.benthu.example/k/{WHOLE}?x=1#1.abc",
])
def test_parse_serial_accepts_what_people_type(typed):
    assert parse_serial(typed) == WHOLE


def test_parse_serial_keeps_running_numbers_of_seven_digits():
    assert parse_serial("ah20261234567k7qm2rxd") == "AH-2026-1234567-K7QM-2RXD"


@pytest.mark.parametrize(("typed", "missing"), [
    ("BT-2026-000127", 8), ("bt2026000127k7q", 5), ("BT-2026-000127-K7QM-2RX", 1),
])
def test_parse_serial_counts_the_characters_that_are_missing(typed, missing):
    with pytest.raises(DomainError) as refusal:
        parse_serial(typed)

    assert (refusal.value.code, refusal.value.params) == ("serial.without_end", {"missing": missing})


@pytest.mark.parametrize("typed", ["000127", "BT", "BT-2026", "BT-2026-0001", "127", ""])
def test_parse_serial_of_a_beginning_is_incomplete(typed):
    with pytest.raises(DomainError) as refusal:
        parse_serial(typed)

    assert refusal.value.code == "serial.incomplete"


@pytest.mark.parametrize("typed", [
    "BT-2026-000127-K7QM-2RX0", "BT-2026-000127-K7QM-2RXU", "%", "' OR 1=1 --", "BT-2026-000127-K7QM-2RXDD", "x" * 5000,
    "\x00", "B-2026-000127-K7QM-2RXD", "nguyễn",
])
def test_parse_serial_of_anything_else_is_unknown(typed):
    with pytest.raises(DomainError) as refusal:
        parse_serial(typed)

    assert refusal.value.code == "serial.unknown"


def test_random_parts_show_no_pattern_in_ten_thousand():
    parts = [random_part() for _ in range(10_000)]

    assert len(set(parts)) == 10_000
    for place in range(8):
        counts = Counter(part[place] for part in parts)
        assert set(counts) == set(ALPHABET)
        # Chi squared, 29 degrees of freedom: above 70 once in 30,000 honest draws.
        assert sum((n - 10_000 / 30) ** 2 / (10_000 / 30) for n in counts.values()) < 70
    pairs = Counter((part[0], after[0]) for part, after in zip(parts, parts[1:]))
    assert max(pairs.values()) < 40


def test_serial_of_shows_groups():
    assert serial_of("AH", 2026, 127, "K7QM2RXD") == "AH-2026-000127-K7QM-2RXD"
    assert not set("0O1ILU") & set(ALPHABET)


@pytest.mark.parametrize(("mode", "url", "lan", "marks"), [
    ("demo", "http://localhost:8000", False, ["sample", "this_machine"]),
    ("demo", "https://demo.hocso.example", False, ["sample"]),
    ("production", "https://hocso.benthu.example", False, []),
    ("production", "http://192.168.1.20:8000", True, ["local_network"]),
])
def test_terms_say_what_every_paper_carries(mode, url, lan, marks):
    terms = Terms.of({"LMS_MODE": mode, "LMS_BASE_URL": url, "LMS_ALLOW_LAN_ISSUE": lan})

    assert terms.marks() == marks


@pytest.mark.parametrize("url", [
    "http://localhost:8000", "https://192.168.1.20", "http://hocso.benthu.example", "https://may-chu", "https://x.local",
])
def test_terms_refuse_production_papers_that_nobody_could_check(url):
    with pytest.raises(DomainError) as refusal:
        Terms(url, is_demo=False, allows_lan=False).marks()

    assert (refusal.value.code, refusal.value.params) == ("credential.address_not_public", {"setting": "LMS_BASE_URL"})


def test_expiry_is_exact_to_the_second():
    assert current_state("good", NOW, now=NOW - timedelta(seconds=1)) == "good"
    assert current_state("good", NOW, now=NOW) == "expired"
    assert current_state("suspended", NOW, now=NOW) == "expired"
    assert current_state("revoked", NOW, now=NOW) == "revoked"
    assert current_state("good", None, now=NOW) == "good"


@pytest.mark.parametrize(("state", "allowed"), [
    ("good", {"suspended", "revoked", "replaced"}), ("suspended", {"reinstated", "revoked", "replaced"}),
    ("revoked", set()), ("replaced", set()), ("expired", {"revoked"}),
])
def test_transitions(state, allowed):
    for kind in ("suspended", "reinstated", "revoked", "replaced"):
        if kind in allowed:
            check_transition(state, kind)
        else:
            with pytest.raises(DomainError, match=f"credential.not_{kind}"):
                check_transition(state, kind)


@pytest.mark.parametrize(("typed", "printed"), [
    (unicodedata.normalize("NFD", "Đặng Thị Ỷ"), "Đặng Thị Ỷ"), ("H'Hen Niê", "H'Hen Niê"), ("Ý", "Ý"),
    ("Hoa 🌸 Nguyễn", "Hoa Nguyễn"), ("a\u202egnahK", "agnahK"), ("Z\u0301\u0302\u0303o\u0336", "Źo"),
    ("#panic(1) *Đặng* $x$ {{7*7}} <b>", "#panic(1) *Đặng* $x$ {{7*7}} <b>"), ("Анна", "Анна"),
])
def test_printable_name_is_what_the_paper_can_show(typed, printed):
    assert printable_name(typed) == printed


@pytest.mark.parametrize("name", ["", "🌸", "王小明", "x" * 121])
def test_printable_name_refuses_what_no_paper_could_carry(name):
    with pytest.raises(DomainError, match=re.escape("credential.name_not_printable")):
        printable_name(name)
