"""Small courses written as files, loaded as the product loads them."""

from lms.core.content_tree import ContentTree
from lms.core.db import db
from lms.courses import content
from lms.courses.models import Lesson, LessonVersion, Reader
from tests.factories import NOW

SKILL = "qd757-I1-nguoi-dan@1.0/skill/N5.3"
OTHER_SKILL = "qd757-I1-nguoi-dan@1.0/skill/N0.1"
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200" role="img" aria-label="Hình">'
       '<rect width="10" height="10"/><text x="1" y="20" font-size="16">Máy</text></svg>')
COURSE = """\
title: Khóa thử
short_title: Thử
summary: Học xong, bạn làm được việc thử.
audience: [{audience}]
level: {level}
icon: smartphone
lessons: [{lessons}]
assessment: {assessment}
reviewed_on: 2026-11-20
review_by: 2999-02-20
"""
FRONT = """\
---
title: {title}
goal: Học xong bài này, bạn nhận ra tin lừa đảo.
skill: {skill}
also: [{also}]
minutes: 6
prepare: Điện thoại còn pin.
facts: [ID6]
reviewed_on: 2026-11-20
review_by: 2999-02-20
---
"""
STEPS = """\
Mở đầu có **chữ đậm**.

## Làm từng bước

### Mở máy {#mo-may}
Bấm nút nguồn.

![Nút nguồn được khoanh vàng](media/nut.svg "Hình minh họa.")

### Mở CH Play {#mo-kho-android .android}
Tìm hình tam giác.

### Mở App Store {#mo-kho-iphone .iphone}
Tìm chữ A.

### Đọc kỹ {#doc-ky}
Đọc tên nơi làm ra.

!!! danger "Coi chừng lừa đảo"
    Có người đòi mã OTP: **cúp máy.**

## Nếu không được

* Tắt máy rồi mở lại.
"""
REST = """
## Thực hành {#thuc-hanh}
Làm trên máy của bạn.

- [ ] Mở máy.
- [ ] Đọc to tên.

```check
id: otp
type: single_choice
stem: Có người hỏi mã OTP. Bạn làm gì?
options:
- {id: a, text: "Đọc cho họ", feedback: "Mất tiền ngay."}
- {id: b, text: "Cúp máy", score: 1, feedback: "Đúng. Mã OTP chỉ mình bạn biết."}
```

```check
id: tin
type: scenario
stem: Bấm vào chỗ đáng ngờ.
surface: sms
from: NH AN PHU
parts:
- {id: chao, text: "Kính gửi bạn,", feedback: "Lời chào không đáng ngờ."}
- {id: doa, text: "tài khoản sẽ bị khóa,", suspicious: true, feedback: "Đây là lời dọa."}
- {id: link, text: "bấm vao.example", suspicious: true, feedback: "Đây là link lạ."}
pass: {found: 2, false_alarms: 0}
```
"""
REPLICA = """
```replica
title: Tập bấm
screens:
- picture: media/nut.svg
  alt: Màn hình đang tắt
  say: Bấm nút nguồn.
  target: [8, 70, 22, 14]
  hint: Ở cạnh phải.
  name: nút nguồn
done: Bạn vừa bấm đúng.
```
"""


def lesson_text(title="Nhận ra tin giả", *, skill=SKILL, also="", steps=STEPS, rest=REST, more=""):
    return FRONT.format(title=title, skill=skill, also=also) + steps + more + rest


def write_course(
    root, key="khoa-thu", lessons=None, *, audience="nguoi-dan", level="null", assessment="null", svg=SVG, course=COURSE,
):
    """A course folder; `lessons` maps slug to the text of the lesson file."""
    lessons = lessons if lessons is not None else {"tin-gia": lesson_text(), "goi-dien": lesson_text("Gọi điện")}
    folder = root / "courses" / key
    (folder / "media").mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        old.unlink()
    (folder / "media" / "nut.svg").write_text(svg, encoding="utf-8")
    (folder / "course.yaml").write_text(
        course.format(audience=audience, level=level, assessment=assessment, lessons=", ".join(lessons)), encoding="utf-8")
    for number, (slug, text) in enumerate(lessons.items(), start=1):
        (folder / f"{number:02d}-{slug}.md").write_text(text, encoding="utf-8")
    return root


def checked(root):
    """The report of checking this tree."""
    tree = ContentTree(root)
    content.check(tree)
    return tree.report


def load(root, *, now=NOW):
    """Check and load; the tree must have no fault."""
    tree = ContentTree(root)
    content.check(tree)
    assert tree.report.errors == []
    changed = content.load(tree, now=now)
    db.session.commit()
    return changed


def lesson_and_version(slug="tin-gia"):
    lesson = db.session.query(Lesson).filter_by(slug=slug).one()
    return lesson, db.session.query(LessonVersion).filter_by(lesson_id=lesson.id, hash=lesson.version).one()


def guest(letter="g"):
    return Reader(guest_id=letter * 22)
