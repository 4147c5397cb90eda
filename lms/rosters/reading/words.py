"""The words that stand at the head of a column in real lists, and what they mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lms.core.vietnamese import fold

IDENTITY = "identity_number"      # recognised, dropped, said
IGNORED = "-"                     # recognised as nothing for us (a running number, the reasons of an error file)
ROW_NUMBER = "row_number"
PARTS = {"family_name": "full_name", "given_name": "full_name", "birth_day": "birth_date", "birth_month": "birth_date",
         "birth_year": "birth_date"}
_BRACKETS = re.compile(r"\([^()]{0,100}\)|\[[^\[\]]{0,100}\]")
_ANSWERED = re.compile(r":\s?\w")     # "Họ tên người gửi: Lê Na" is no heading
_NO_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, eq=False)   # hashed by identity: headings are remembered per vocabulary
class Vocabulary:
    """What a kind of list may hold: for each key the exact headings, and words that a longer heading may contain.

    `exact` and `within` are folded and without signs (`normal_heading`). The order of `within` decides.
    """

    exact: Mapping[str, str]
    within: tuple[tuple[str, str], ...]
    not_ours: re.Pattern[str]

    def key_of(self, heading: str) -> str | None:
        """The key that this heading means, `IGNORED`, `ROW_NUMBER`, `IDENTITY`, a part of a name or date, or None."""
        return _key_of(self, heading)


@lru_cache(maxsize=4096)
def _key_of(vocabulary: Vocabulary, heading: str) -> str | None:
    if len(heading) > 120 or _ANSWERED.search(heading):
        return None
    machine = heading.strip().lower()
    words = normal_heading(_BRACKETS.sub(" ", heading)) or normal_heading(heading)
    for known in (machine, words, normal_heading(heading)):
        if known in vocabulary.exact:
            return vocabulary.exact[known]
    if len(words) > 60 or vocabulary.not_ours.search(words):
        return None
    return next((key for part, key in vocabulary.within if f" {part} " in f" {words} "), None)


def normal_heading(text: str) -> str:
    """Folded, letters and digits only, single spaces: "Số ĐT (Zalo)*" is "so dt zalo"."""
    return _NO_LETTERS.sub(" ", fold(text[:200])).strip()


def vocabulary_of(exact: Mapping[str, str], within: str, *, not_ours: str) -> Vocabulary:
    """Build one: `exact` maps a key to headings parted by |, `within` holds lines "words = key"."""
    lines = (line.partition("=") for line in within.strip().splitlines())
    pairs = tuple((words.strip(), key.strip()) for words, _, key in lines)
    return Vocabulary({heading: key for key, headings in exact.items() for heading in headings.split("|")}, pairs,
                      re.compile(rf"\b(?:{not_ours})\b"))


def wider(base: Vocabulary, exact: Mapping[str, str], within: str = "") -> Vocabulary:
    """A vocabulary with more keys; the new words go before the old ones."""
    more = vocabulary_of(exact, within, not_ours="x") if within else vocabulary_of(exact, "zz = -", not_ours="x")
    return Vocabulary({**base.exact, **more.exact}, more.within + base.within, base.not_ours)


_EXACT = {
    "full_name":
        "full_name|fullname|name|full name|ho va ten|ho ten|ho va ten day du|ho ten day du|ho va ten khai sinh|"
        "hoten|h va ten|hovaten|ten day du|ho va ten gv|ho ten gv|ho va ten hs|ho ten hs|ho ten can bo|"
        "ten giao vien|ten can bo|ten hoc sinh|ten hoc vien|ten nhan vien|ho chu dem va ten|ho va ten dem va ten|"
        "ho dem va ten|ho ten nguoi hoc|hv ten|h ten|ten nguoi hoc|ten nguoi tham gia",
    "family_name":
        "family_name|last_name|lastname|surname|ho dem|ho va ten dem|ho ten dem|ho dem ten|ho lot|ho va ten lot|"
        "ho chu lot|ho va chu lot|ho|ho va dem|ho va chu dem|last name|family name|ho ten lot|ho va lot",
    "given_name":
        "given_name|first_name|firstname|ten|ten goi|ten rieng|first name|given name",
    "birth_date":
        "birth_date|birthdate|dob|date_of_birth|birthday|date of birth|birth date|ngay sinh|ngay thang nam sinh|"
        "nam sinh|ngay thang nam|sinh ngay|ns|ntns|n sinh|nsinh|ng sinh|ngay thang sinh|sinh nam|ngay nam sinh|"
        "birth_year|birth year|ngaysinh|namsinh|ngay sinh dd mm yyyy|nam sinh nam nu|ngay va nam sinh",
    "birth_day":
        "birth_day|ngay",
    "birth_month":
        "birth_month|thang",
    "birth_year":
        "nam",
    "phone":
        "phone|phone_number|mobile|tel|telephone|phone number|so dien thoai|sdt|dt|dien thoai|dien thoai lien he|"
        "so dt|s d t|dtdd|dt dd|dien thoai di dong|so di dong|di dong|dt lien he|so dien thoai lien he|"
        "sdt lien he|lien he|so lien lac|so dien thoai zalo|zalo|so zalo|sdt zalo|dien thoai lien lac|"
        "dien thoai ca nhan|so may|cell|cellphone|dien thoai zalo|so lien he|sodienthoai|dienthoai|d thoai|dthoai|"
        "so dtdd|so d thoai|sdt dd|so dien thoai di dong|so ddong",
    "email":
        "email|e_mail|mail|e mail|email_address|email address|hop thu|thu dien tu|dia chi email|"
        "dia chi thu dien tu|hop thu dien tu|gmail|email ca nhan|email cong vu|dia chi mail|hom thu|"
        "hom thu dien tu|dia chi thu|dc email|email lien he|thu dt",
    "staff_code":
        "staff_code|employee_id|staff_id|staff code|employee code|ma gv|ma giao vien|ma can bo|ma cb|ma so|ma nv|"
        "ma nhan vien|so hieu cc|so hieu cong chuc|so hieu vien chuc|so hieu|ma hs|ma hoc sinh|ma cc|ma vien chuc|"
        "ma cong chuc|ma so gv|ma cbgv|ma cbcc|ma ccvc|ma hoc vien|ma so can bo|ma so nhan vien|so hieu can bo|"
        "so hieu nhan vien|ma sv|mssv|ma sinh vien|ma so hs|so hieu cbcc|ma so hoc sinh|ma dinh danh gv|"
        "ma cb gv nv|ma cbgvnv|ma cb gv|msgv|msnv|mshs|ma nguoi hoc|so the",
    "personal_code":
        "personal_code|personal code|ma ca nhan",
    "class":
        "class|school_class|lop|lop hoc|lop chu nhiem|lop cn|chu nhiem lop|chi doan lop|ten lop|class name|"
        "gvcn lop|hoc lop|lop day",
    "position":
        "position|title|job_title|job title|chuc vu|chuc danh|vi tri|vi tri viec lam|nhiem vu|chuc vu chuc danh|"
        "chuc danh chuc vu|chuc vu cong tac|cv|chuc danh nghe nghiep|cong viec|nhiem vu duoc giao|c vu|c danh|"
        "chvu|chuc vu hien nay|chuc vu dam nhan|nghe nghiep|nhiem vu phan cong",
    "organisation":
        "organisation|organization|department|unit|don vi|don vi cong tac|to chuyen mon|to|to bo mon|bo phan|"
        "phong ban|phong|khoa|co quan|to cong tac|co quan don vi|don vi co quan|noi cong tac|truong|ten truong|"
        "ten don vi|bo mon|to nhom|ban|to khoi|to dan pho|thon to|thon|khu pho|khu dan cu|ban nganh|to cm|"
        "to chuyen mon bo phan|to phong ban|dvct|dv cong tac|phong ban don vi|chi bo|nhom chuyen mon|to bo phan|"
        "to van phong|khoa phong|phong khoa|don vi truong|co quan cong tac",
    "note":
        "note|notes|remark|remarks|comment|comments|ghi chu|gc|chu thich|g chu|ghi chu khac|luu y|dien giai",
    IDENTITY:
        "identity_number|id_number|national_id|cccd|cmnd|cmt|so cccd|so cmnd|so cmt|so cccd cmnd|so cmnd cccd|"
        "cccd cmnd|cmnd cccd|can cuoc|can cuoc cong dan|the can cuoc|so can cuoc|so can cuoc cong dan|"
        "chung minh nhan dan|so chung minh nhan dan|chung minh thu|so dinh danh|so dinh danh ca nhan|ma dinh danh|"
        "ma dinh danh ca nhan|dinh danh ca nhan|so dinh danh cong dan|so can cuoc cmnd|ho chieu|so ho chieu|"
        "passport|cccd so|so giay to|giay to tuy than|so cm|so cc|can cuoc cccd|so ddcn",
    ROW_NUMBER:
        "stt|tt|so tt|so thu tu|thu tu|no|order|index|s tt|st|sott|number|tt chung|#",
    IGNORED:
        "ly do|ly do can sua|reason|ly do loi|role|roles|is_admin|admin|org|password|password_hash|password hash|"
        "mat khau|vai tro|is admin|quyen|id|uuid|user_id|username|ten dang nhap|ten truy cap|pin|ma pin|status|"
        "trang thai|gioi tinh|nam nu|phai|gender|sex",
}
_WITHIN = """
cccd = identity_number
cmnd = identity_number
can cuoc = identity_number
chung minh = identity_number
dinh danh = identity_number
ho chieu = identity_number
email = email
e mail = email
thu dien tu = email
hop thu = email
gmail = email
sdt = phone
dtdd = phone
dien thoai = phone
di dong = phone
so dt = phone
dt lien he = phone
zalo = phone
phone = phone
ho dem va ten = full_name
ho ten dem = family_name
ho va ten dem = family_name
ho lot = family_name
ho dem = family_name
ho va ten = full_name
ho ten = full_name
full name = full_name
ngay thang nam sinh = birth_date
ngay sinh = birth_date
nam sinh = birth_date
sinh ngay = birth_date
date of birth = birth_date
ma ca nhan = personal_code
ma gv = staff_code
ma giao vien = staff_code
ma can bo = staff_code
ma nhan vien = staff_code
ma hoc sinh = staff_code
ma vien chuc = staff_code
so hieu = staff_code
chuc vu = position
chuc danh = position
vi tri viec lam = position
to chuyen mon = organisation
to bo mon = organisation
don vi = organisation
phong ban = organisation
bo phan = organisation
co quan = organisation
to dan pho = organisation
ghi chu = note
"""
# Headings about somebody else than the person of the row, or about a thing that only sounds alike.
_NOT_OURS = (
    "cha|me|bo me|cha me|phu huynh|giam ho|vo|chong|con|nguoi than|gvcn|chu ho|nguoi gioi thieu|nguoi lap|noi sinh|noi cap"
    "|ngay cap|vao dang|tuyen dung|vao nganh|ma so thue|bao hiem|tai khoan|ngan hang|thuong tru|tam tru|que quan"
    "|nguoi lien he|khan cap|bi thu|hieu truong|thu truong|may ban|co dinh")
ROSTER = vocabulary_of(_EXACT, _WITHIN, not_ours=_NOT_OURS)
# Of two columns with one meaning the one that says more about the person inside the body that sends the list.
PREFERRED = ("to chuyen mon", "to bo mon", "to cm", "to", "bo phan", "phong ban", "khoa", "bo mon")
