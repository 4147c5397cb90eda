"""Officers' pages of the tree: what is shown to whom, what a preview promises, and that the confirmation does it."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import Membership, Organisation, OrganisationPeriod, RoleGrant
from lms.people.queries.organisation_pages import tree_for
from lms.people.queries.organisations import children_of, organisation_named, organisations_for
from lms.people.rules.organisations import Member, members_named, natural_key
from tests.factories import make_actor, make_member, make_organisation, make_person, make_role
from tests.people.factories import make_learner, make_staff
from tests.statements import counted

TREE = "/dia-ban/don-vi"


@pytest.fixture
def place(app):
    """Two wards of a province; officer of the first."""
    tree = {"tinh": make_organisation("Tỉnh Sông Thu", key="tinh", kind="province")}
    for key, name, kind, parent in (
            ("ben-thu", "Phường Bến Thu", "ward", "tinh"), ("an-hai", "Phường An Hải", "ward", "tinh"),
            ("to-10", "Tổ dân phố 10", "village", "ben-thu"), ("to-2", "Tổ dân phố 2", "village", "ben-thu"),
            ("le-loi", "Trường THCS Lê Lợi", "school", "ben-thu"), ("to-9", "Tổ dân phố 9", "village", "an-hai")):
        tree[key] = make_organisation(name, key=key, kind=kind, parent=tree[parent])
    db.session.commit()
    return tree


def at(place, key, *more):
    return "/".join((TREE, str(place[key].uuid), *more))


def officer(client, organisation, role="officer"):
    person = make_staff(role, organisation, "Nguyễn Thị Thu Hà")
    db.session.commit()
    client.sign_in(person)
    return person


def words(answer):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.get_data(as_text=True)))


def names(answer):
    return re.findall(r'<div class="branch branch--(\d)"><a[^>]*>([^<]*)<', answer.get_data(as_text=True))


def post(client, path, *, sure=False, **data):
    return client.post(path, data={"csrf_token": client.token(), "tu-ngay": clock.local_date(clock.now()).isoformat(),
                                   **({"chac_chan": "1"} if sure else {}), **data})


def period_of(organisation):
    return db.session.scalars(sa.select(OrganisationPeriod).where(
        OrganisationPeriod.organisation_id == organisation.id).order_by(OrganisationPeriod.valid_from.desc()).limit(1)).one()


def test_tree_shows_what_one_answers_for_in_order(client, place):
    officer(client, place["ben-thu"])

    assert names(client.get(TREE)) == [
        ("0", "Phường Bến Thu"), ("1", "Tổ dân phố 2"), ("1", "Tổ dân phố 10"), ("1", "Trường THCS Lê Lợi")]


def test_tree_finds_by_name_without_marks(client, place):
    officer(client, place["tinh"])

    assert names(client.get(TREE + "?tim=to+dan+pho")) == [
        ("0", "Tổ dân phố 9"), ("0", "Tổ dân phố 2"), ("0", "Tổ dân phố 10")]
    assert "Không có đơn vị nào khớp" in words(client.get(TREE + "?tim=khong+co+ai"))
    assert client.get(TREE + "?tim=%00%1F&trang=abc").status_code == 200


def test_tree_has_fifty_a_page_and_costs_the_same_for_one_and_for_many(client, place):
    actor = make_actor(make_staff("officer", place["ben-thu"]))
    with counted() as few:
        tree_for(actor)
    for number in range(70):
        make_organisation(f"Thôn {number}", kind="village", parent=place["ben-thu"])
    with counted() as many:
        found = tree_for(actor, page=2)

    assert (len(found.lines), found.page, found.pages, found.total) == (24, 2, 2, 74)
    assert len(few) == len(many) == 3


def test_page_of_one_costs_the_same_for_few_and_for_many(client, place):
    officer(client, place["tinh"])
    path = at(place, "ben-thu")
    client.get(path)
    with counted() as few:
        client.get(path)
    for number in range(60):
        below = make_organisation(f"Thôn {number}", kind="village", parent=place["ben-thu"])
        make_role(make_learner(below), "mentor", place["ben-thu"])
    db.session.commit()
    with counted() as many:
        client.get(path)

    assert len(few) == len(many) == 9


def test_one_organisation_tells_its_past_its_people_and_its_roles(client, place):
    officer(client, place["tinh"])
    make_learner(place["to-2"])
    make_member(make_person("Ông Ở Phường"), place["ben-thu"])
    make_member(make_staff("focal_point", place["ben-thu"], "Trần Thị Đầu Mối"), place["to-10"])
    stranger = make_staff("mentor", place["ben-thu"], "Lê Văn Nơi Khác")
    db.session.commit()
    post(client, at(place, "ben-thu", "doi-ten"), sure=True, ten="Phường Bến Thu Mới", loai="ward", **{"quyet-dinh": "15/QĐ-UBND"})

    text = words(client.get(at(place, "ben-thu")))

    assert "Phường Bến Thu Mới" in text
    assert str(stranger.uuid) not in client.get(at(place, "ben-thu")).get_data(as_text=True)
    assert "Lê Văn Nơi Khác, Người hướng dẫn" in text
    assert "3 người, trong đó 1 người thuộc thẳng đơn vị này" in text
    assert "Trần Thị Đầu Mối , Cán bộ đầu mối" in text
    assert "15/QĐ-UBND" in text
    assert "Bên dưới có 3 đơn vị" in text


@pytest.mark.parametrize("role", [None, "learner", "mentor", "focal_point", "assessor", "author", "reviewer", "instructor"])
def test_the_tree_is_for_officers(client, place, role):
    if role is None:
        assert client.get(TREE).status_code == 302
        return
    officer(client, place["tinh"], role)

    paths = (TREE, at(place, "to-2"), at(place, "to-2", "moi"), at(place, "to-2", "tach"))
    assert [client.get(path).status_code for path in paths] == [403] * 4


def test_what_others_answer_for_does_not_exist(client, place):
    officer(client, place["ben-thu"])

    for key in ("an-hai", "to-9", "tinh"):
        for what in ((), ("moi",), ("doi-ten",), ("chuyen",), ("sap-nhap",), ("tach",), ("ket-thuc",)):
            assert client.get(at(place, key, *what)).status_code == 404
    assert client.get(f"{TREE}/{uuid4()}").status_code == 404


def test_ones_own_organisation_is_changed_by_those_above(client, place):
    officer(client, place["ben-thu"])

    text = words(client.get(at(place, "ben-thu")))
    assert "Thêm đơn vị bên dưới" in text
    assert "Đổi tên" not in text
    assert client.get(at(place, "ben-thu", "doi-ten")).status_code == 404
    refused = post(client, at(place, "ben-thu", "doi-ten"), sure=True, ten="Phường Của Tôi", loai="ward")
    assert refused.status_code == 404
    assert period_of(place["ben-thu"]).name == "Phường Bến Thu"


def test_a_new_organisation_pressed_twice_is_one(client, place):
    officer(client, place["ben-thu"])
    path = at(place, "ben-thu", "moi")
    uuid = re.search(r'name="uuid" value="([^"]+)"', client.get(path).get_data(as_text=True)).group(1)

    answers = [post(client, path, uuid=uuid, ten="Câu lạc bộ Người cao tuổi", loai="club") for _ in range(2)]

    assert [(one.status_code, one.location) for one in answers] == [(302, f"{TREE}/{uuid}")] * 2
    assert [child.key for child in children_of(place["ben-thu"].id) if child.kind == "club"] == ["cau-lac-bo-nguoi-cao-tuoi"]


@pytest.mark.parametrize(("data", "sentence"), [
    ({"ten": ""}, "Bạn gõ tên đơn vị."), ({"ten": "tổ dân phố 2"}, "Ở đây đã có đơn vị tên “tổ dân phố 2”."),
    ({"tu-ngay": "hôm qua"}, "Ngày viết theo kiểu 31/3/2027."), ({"tu-ngay": "2999-01-01"}, "Ngày 1/1/2999 chưa đến."),
    ({"tu-ngay": "1900-01-01"}, "Ngày này sớm quá"), ({"ten": "x" * 5000}, "Ô này chứa tối đa 200 ký tự."),
])
def test_a_new_organisation_is_refused_with_a_sentence(client, place, data, sentence):
    officer(client, place["ben-thu"])

    answer = post(client, at(place, "ben-thu", "moi"), **{"uuid": str(uuid4()), "ten": "Thôn Mới", "loai": "village", **data})

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert len(children_of(place["ben-thu"].id)) == 3


def test_hostile_text_is_never_a_fault_of_ours(client, place):
    officer(client, place["tinh"])
    for what in ("doi-ten", "chuyen", "sap-nhap", "tach", "ket-thuc"):
        for text in ("\0", "\ud800", "‮" * 9, "a" * 300_000):
            data = {name: text.encode("utf-8", "surrogatepass") for name in (
                "ten", "loai", "vao", "cung", "ten-1", "ten-2", "nguoi-2", "quyet-dinh", f"duoi-{place['to-2'].uuid}")}
            assert post(client, at(place, "ben-thu", what), **data).status_code in (200, 400, 413, 422), what


def test_preview_changes_nothing_and_the_confirmation_does_what_it_said(client, place):
    officer(client, place["tinh"], "admin")
    learner, focal = make_learner(place["ben-thu"]), make_staff("focal_point", place["ben-thu"])
    db.session.commit()
    data = {"vao": "moi", "ten": "Phường Sông Thu", "loai": "ward", "cung": str(place["an-hai"].uuid), "quyet-dinh": "12/NQ-HĐND"}

    preview = words(post(client, at(place, "ben-thu", "sap-nhap"), **data))
    assert "Đơn vị nhận: Phường Sông Thu." in preview
    assert "1 người chuyển sang" in preview
    assert "1 vai trò chuyển sang" in preview
    assert "4 đơn vị bên dưới chuyển sang." in preview
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 7
    assert period_of(place["ben-thu"]).valid_to is None

    answer = post(client, at(place, "ben-thu", "sap-nhap"), sure=True, **data)

    new = db.session.scalars(sa.select(Organisation).where(Organisation.key == "phuong-song-thu")).one()
    assert answer.location == f"{TREE}/{new.uuid}"
    assert [child.key for child in children_of(new.id)] == ["to-2", "to-9", "to-10", "le-loi"]
    assert db.session.scalars(sa.select(Membership.organisation_id).where(
        Membership.person_id == learner.id, Membership.left_on.is_(None))).all() == [new.id]
    assert db.session.scalars(sa.select(RoleGrant.organisation_id).where(
        RoleGrant.person_id == focal.id, RoleGrant.ended_at.is_(None))).all() == [new.id]
    old = words(client.get(at(place, "ben-thu")))
    assert "Đã kết thúc từ" in old
    assert "Phường Sông Thu" in old
    assert "Việc bạn làm được" not in old


def test_preview_leads_back_with_what_was_typed(client, place):
    officer(client, place["tinh"])
    data = {"ten": "Phường Mới & Đẹp", "loai": "ward", "quyet-dinh": "1/QĐ"}

    preview = post(client, at(place, "ben-thu", "doi-ten"), **data).get_data(as_text=True)
    back = post(client, at(place, "ben-thu", "doi-ten"), sua="1", **data)

    assert '<input type="hidden" name="ten" value="Phường Mới &amp; Đẹp">' in preview
    assert back.status_code == 200
    assert 'value="Phường Mới &amp; Đẹp"' in back.get_data(as_text=True)


def test_move(client, place):
    officer(client, place["tinh"])
    make_learner(place["to-2"])
    db.session.commit()
    data = {"vao": str(place["an-hai"].uuid)}

    preview = words(post(client, at(place, "to-2", "chuyen"), **data))
    assert "Tổ dân phố 2 thuộc Phường An Hải, cùng mọi đơn vị bên dưới và 1 người." in preview
    post(client, at(place, "to-2", "chuyen"), sure=True, **data)

    assert [child.key for child in children_of(place["an-hai"].id)] == ["to-2", "to-9"]


@pytest.mark.parametrize("wanted", ["", "abc", "7b9e9fc2-5fcb-4d19-80c3-9c86a5650822", "an-hai"])
def test_move_into_what_is_not_ones_own_is_refused(client, place, wanted):
    officer(client, place["ben-thu"])

    answer = post(client, at(place, "to-2", "chuyen"), sure=True, vao=str(place[wanted].uuid) if wanted in place else wanted)

    assert answer.status_code == 422
    assert "Bạn chọn một đơn vị trong danh sách." in words(answer)
    assert len(children_of(place["ben-thu"].id)) == 3


def test_choices_are_ones_own_and_found_by_name(client, place):
    officer(client, place["tinh"])

    path = at(place, "to-2", "chuyen")

    def offered(query=""):
        return re.findall(r"<span><b>([^<]+)</b><small>", client.get(path + query).get_data(as_text=True))[1:]  # the brand

    assert offered() == ["Tổ dân phố 10", "Trường THCS Lê Lợi", "Tổ dân phố 9", "Phường Bến Thu", "Phường An Hải"]
    assert offered("?tim=an+hai") == ["Phường An Hải"]


def test_split_by_list_by_class_and_by_what_stands_below(client, place):
    officer(client, place["tinh"])
    an, ba, cu, du = (make_learner(place["le-loi"], name) for name in ("Trần An", "Lê Bá", "Võ Cử", "Hồ Du"))
    for person, class_name in ((an, "6A"), (ba, "6B"), (cu, "6B")):
        Membership.query.filter_by(person_id=person.id).one().school_class = class_name
    part = make_organisation("Điểm trường Cồn", parent=place["le-loi"], kind="other")
    db.session.commit()
    path = at(place, "le-loi", "tach")
    data = {"ten-1": "Trường Lê Lợi 1", "ten-2": "Trường Lê Lợi 2", "nguoi-2": f"6b\r\n {du.personal_code}\n",
            f"duoi-{part.uuid}": "2"}

    assert "3 người" not in words(client.get(path))
    assert "4 người chuyển sang" in words(post(client, path, **data))
    post(client, path, sure=True, **data)

    where = dict(map(tuple, db.session.execute(
        sa.select(Membership.person_id, Organisation.key).join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.left_on.is_(None)))))
    assert where == {an.id: "truong-le-loi-1", ba.id: "truong-le-loi-2", cu.id: "truong-le-loi-2", du.id: "truong-le-loi-2"}
    second = db.session.scalars(sa.select(Organisation).where(Organisation.key == "truong-le-loi-2")).one()
    assert [child.name for child in children_of(second.id)] == ["Điểm trường Cồn"]


@pytest.mark.parametrize(("data", "sentence"), [
    ({"ten-1": "A"}, "Tách thì cần ít nhất hai đơn vị"), ({}, "Tách thì cần ít nhất hai đơn vị"),
    ({"ten-1": "A", "ten-2": "B", "nguoi-2": "Không Ai\nCũng Không"}, "Không biết xếp “Không Ai”, “Cũng Không” vào đâu"),
    ({"ten-1": "A", "ten-2": "B", "nguoi-2": "Trần An"}, "“Trần An” có thể là nhiều người"),
    ({"ten-1": "A", "ten-2": "B", "ten-3": "C", "nguoi-2": "Lê Bá", "nguoi-3": "lê bá"}, "“Lê Bá” có thể là nhiều người"),
])
def test_split_is_refused_with_a_sentence(client, place, data, sentence):
    officer(client, place["tinh"])
    for name in ("Trần An", "Trần An", "Lê Bá"):
        make_learner(place["le-loi"], name)
    db.session.commit()

    answer = post(client, at(place, "le-loi", "tach"), sure=True, **data)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert period_of(place["le-loi"]).valid_to is None


def test_split_that_leaves_the_old_one_alive(client, place):
    officer(client, place["tinh"])
    an, ba = make_learner(place["le-loi"], "Trần An"), make_learner(place["le-loi"], "Lê Bá")
    db.session.commit()

    post(client, at(place, "le-loi", "tach"), sure=True, con="y", **{"ten-2": "Trường Mới", "nguoi-2": "Lê Bá"})

    where = dict(map(tuple, db.session.execute(
        sa.select(Membership.person_id, Organisation.key).join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.left_on.is_(None)))))
    assert where == {an.id: "le-loi", ba.id: "truong-moi"}


def test_end(client, place):
    officer(client, place["tinh"])
    make_learner(place["to-2"])
    db.session.commit()
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)

    assert "Bên dưới còn đơn vị khác." in words(post(client, at(place, "ben-thu", "ket-thuc")))
    assert "chưa đến" in words(post(client, at(place, "to-2", "ket-thuc"), **{"tu-ngay": tomorrow.isoformat()}))
    assert "1 người không thuộc đơn vị nào khác chuyển lên Phường Bến Thu." in words(post(client, at(place, "to-2", "ket-thuc")))
    answer = post(client, at(place, "to-2", "ket-thuc"), sure=True)

    assert answer.location == at(place, "ben-thu")
    assert period_of(place["to-2"]).valid_to is not None


def test_organisation_named_is_the_nearest_living_one(place):
    def found(parent, name):
        one = organisation_named(place[parent].id, name)
        return one and one.key

    twin = make_organisation("Tổ dân phố 9", key="to-9-khac", kind="village", parent=place["ben-thu"])
    assert found("an-hai", "to dan pho 9") == "to-9"
    assert found("tinh", "to dan pho 9") is None  # two, equally near
    assert found("tinh", "phuong an hai") == "an-hai"
    assert found("an-hai", "to dan pho 2") is None
    assert found("to-9", "to dan pho 9") is None  # itself is not below itself
    period_of(twin).valid_to = date(2026, 1, 1)
    assert found("tinh", "to dan pho 9") == "to-9"


def test_names_are_read_in_natural_order():
    names = ["to 10", "to 2", "to 2a", "an", "2", "9" * 1000, ""]

    assert sorted(names, key=natural_key) == ["", "2", "9" * 1000, "an", "to 2", "to 2a", "to 10"]


def test_members_are_named_by_code_name_or_class():
    members = [Member(1, "Trần An", "BT-111", "GV01", "6A"), Member(2, "Lê Bá", "BT-222", None, "6A"),
               Member(3, "Trần Ân", "BT-333", None, None)]

    named = members_named(["bt111", " GV01 ", "6a", "", "Tran An", "Lê Lợi"], members)

    assert (named.person_ids, named.unknown, named.ambiguous) == (frozenset({1, 2}), ("Lê Lợi",), ("Tran An",))


def test_ended_organisations_are_not_offered(client, place):
    person = officer(client, place["tinh"])
    post(client, at(place, "to-2", "ket-thuc"), sure=True)

    offered = [name for _, name in organisations_for(make_actor(person, now=clock.now()), "officer")]
    assert "Tổ dân phố 2" not in offered
    assert "Tổ dân phố 10" in offered
