"""One example of an item of each type, as an author writes it, and what becomes of it. No database."""

from lms.assessment import item_types
from lms.web.markdown import safe_svg

SKILL = "qd757-I1-nguoi-dan@1.0/skill/N5.3"
MARKER = "CHO-BIET-DAP-AN"  # stands in everything that must not be seen before marking
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200" role="img" aria-label="Màn hình">'
    '<rect x="0" y="0" width="320" height="200" fill="#fff"/></svg>'
)
HEAD = {"id": "cau", "skill": SKILL, "difficulty": 2, "stem": "Bạn làm gì?", "reviewed_on": "2026-11-20",
        "review_by": "2027-05-20", "explanation": f"Vì {MARKER}"}
FEEDBACK = {"right": f"Đúng {MARKER}", "wrong": f"Chưa đúng {MARKER}"}

EXAMPLES = {
    "single_choice": {"options": [
        {"id": "sai", "text": "Bấm thử", "feedback": MARKER},
        {"id": "dung", "text": "Cúp máy", "score": 1, "feedback": MARKER},
        {"id": "nua", "text": "Hỏi con rồi bấm", "score": 0.5, "feedback": MARKER}]},
    "multiple_choice": {"options": [
        {"id": "a", "text": "Hỏi người nhà", "score": 0.5, "feedback": MARKER},
        {"id": "b", "text": "Gọi ngân hàng", "score": 0.5, "feedback": MARKER},
        {"id": "c", "text": "Đọc mã OTP", "score": -0.5, "feedback": MARKER},
        {"id": "d", "text": "Chuyển tiền", "score": -0.5, "feedback": MARKER}]},
    "true_false": {"answer": False, "feedback": FEEDBACK},
    "matching": {
        "pairs": [{"id": "pin", "left": "Cục pin", "right": "Điện"}, {"id": "song", "left": "Các vạch", "right": "Sóng"},
                  {"id": "chuong", "left": "Cái chuông", "right": "Tiếng"}],
        "extra_right": ["Ảnh"], "feedback": FEEDBACK},
    "ordering": {"sequence": ["Mở máy", "Tìm tên", "Bấm gọi", "Cúp máy"], "feedback": FEEDBACK},
    "short_text": {"accept": [f"hòa bình {MARKER}", "hòa bình"], "ignore": ["case", "space"], "typos": 1,
                   "feedback": FEEDBACK},
    "numeric": {"answer": 150000, "tolerance": 0, "unit": "đồng", "feedback": FEEDBACK},
    "hotspot": {"picture": "media/x.svg", "alt": "Màn hình", "feedback": FEEDBACK, "regions": [
        {"id": "duoi", "at": [10, 60, 20, 30], "text": "Hình bánh răng"},
        {"id": "dung", "at": [50, 5, 20, 30], "text": "Hình ống nghe", "score": 1},
        {"id": "tren", "at": [10, 5, 20, 30], "text": "Hình tấm ảnh"}]},
    "scenario": {"surface": "sms", "from": "NH AN PHU", "pass": {"found": 2, "false_alarms": 1}, "parts": [
        {"id": "chao", "text": "Kính gửi khách hàng,", "feedback": MARKER},
        {"id": "doa", "text": "tài khoản sẽ bị khóa.", "suspicious": True, "feedback": MARKER},
        {"id": "lam", "text": "Đăng nhập ngay:", "suspicious": True, "feedback": MARKER},
        {"id": "link", "text": "anphu-xacminh.example", "suspicious": True, "feedback": MARKER},
        {"id": "ten", "text": "Ngân hàng An Phú", "feedback": MARKER}]},
}


def written(name, **parts):
    """The example of this type as an author writes it, with other parts."""
    return {**HEAD, "type": name, **EXAMPLES[name], **parts}


def stored(name, **parts):
    """(type, stored document) of that."""
    kind = item_types.of(name)
    item = kind.schema.model_validate(written(name, **parts))
    return kind, kind.store(item, drawing=safe_svg(DRAWING) if name == "hotspot" else None)


def ids(document, *texts):
    """The opaque ids of the options with these texts, in this order."""
    known = {option["text_html"]: option["id"] for option in document["options"]}
    return [known[text] for text in texts]
