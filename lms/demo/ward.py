"""The invented ward: phường Bến Thu. Every name, number and place is made up; phone numbers are 0900 000 xxx."""

from dataclasses import dataclass

BODY = {
    "body_key": "phuong-ben-thu",
    "body_name": "Ủy ban nhân dân phường Bến Thu", "body_short": "Phường Bến Thu", "body_parent": "",
    "serial_prefix": "BT", "help_phone": "0900000000", "help_place": "Bộ phận một cửa, số 1 đường Bến Thu (địa chỉ mẫu)",
    "certificate_title": "Giấy xác nhận", "certificate_place": "Bến Thu", "signatory_title": "CHỦ TỊCH",
    "signatory_name": "Lê Thị Minh Tâm", "decision_number": "15/QĐ-UBND ngày 10/9/2026 (văn bản mẫu)",
}
WARD = ("phuong-ben-thu", "Phường Bến Thu", "ward")
BELOW_WARD = (
    *((f"to-dan-pho-{n}", f"Tổ dân phố {n}", "village") for n in range(1, 9)),
    ("truong-tieu-hoc-ben-thu", "Trường Tiểu học Bến Thu", "school"),
    ("truong-thcs-ben-thu", "Trường THCS Bến Thu", "school"),
    ("truong-mam-non-hoa-gao", "Trường Mầm non Hoa Gạo", "school"),
    ("truong-mam-non-ben-thu", "Trường Mầm non Bến Thu", "school"),
    ("truong-tieu-hoc-dong-sen", "Trường Tiểu học Đồng Sen", "school"),
    ("truong-tieu-hoc-cua-song", "Trường Tiểu học Cửa Sông", "school"),
    ("truong-thcs-cau-dua", "Trường THCS Cầu Dừa", "school"),
    ("truong-thpt-ben-thu", "Trường THPT Bến Thu", "school"),
    ("to-cong-nghe-so-ben-thu", "Tổ công nghệ số cộng đồng phường Bến Thu", "team"),
)
PIN = "204608"  # of everybody who has signed in already


@dataclass(frozen=True)
class Staff:
    """Somebody with a role: name, birth year, where, which role, phone."""

    name: str
    year: int
    place: str
    role: str
    phone: str
    audience: str = "can-bo"


@dataclass(frozen=True)
class Learner:
    """A learner and how far they are. `state` is a key of loading.STATES."""

    name: str
    year: int
    place: str
    state: str
    phone: str = ""
    audience: str = "nguoi-dan"
    address: str = "ban"
    extra_time: int = 0


STAFF = (
    Staff("Phạm Quang Huy", 1985, "phuong-ben-thu", "admin", "0900000001"),
    Staff("Nguyễn Thị Thu Hà", 1988, "phuong-ben-thu", "officer", "0900000002"),
    Staff("Trần Minh Đức", 1990, "phuong-ben-thu", "assessor", "0900000003"),
    Staff("Võ Thị Lan", 1979, "to-dan-pho-3", "assessor", "0900000004", "nguoi-dan"),
    Staff("Đỗ Thanh Tùng", 1983, "truong-thcs-ben-thu", "focal_point", "0900000005"),
    Staff("Bùi Thị Ngọc Ánh", 1986, "truong-tieu-hoc-ben-thu", "focal_point", "0900000006"),
    Staff("Lý Gia Bảo", 2004, "to-dan-pho-1", "mentor", "0900000007", "hoc-sinh-sinh-vien"),
    Staff("Hoàng Thị Yến", 1968, "to-dan-pho-5", "mentor", "0900000008", "nguoi-dan"),
    Staff("Đinh Công Thành", 1992, "phuong-ben-thu", "author", "0900000009"),
)

LEARNERS = (
    Learner("Nguyễn Thị Hoa", 1959, "to-dan-pho-1", "learning", "0900000011", address="bac"),
    Learner("Trần Văn Hùng", 1955, "to-dan-pho-1", "to_observe", "0900000012", address="bac"),
    Learner("Lê Thị Mai", 1962, "to-dan-pho-3", "to_confirm", "0900000013", address="co"),
    Learner("Phan Văn Bình", 1958, "to-dan-pho-3", "confirmed", "0900000014", address="bac"),
    Learner("Đặng Thị Ỷ", 1951, "to-dan-pho-3", "sent_back", "0900000015", address="bac", extra_time=50),
    Learner("H'Hen Niê", 1970, "to-dan-pho-2", "confirmed", "0900000016", address="chi"),
    Learner("Y", 1966, "to-dan-pho-2", "failed_once", "0900000017"),
    Learner("Nguyễn Hoàng Thị Ngọc Phương Uyên", 1974, "to-dan-pho-2", "revoked", "0900000018", address="chi"),
    Learner("Tô Văn Sáu", 1949, "to-dan-pho-4", "new", ""),
    Learner("Huỳnh Thị Bảy", 1953, "to-dan-pho-4", "new", "0900000019"),
    Learner("Lâm Văn Chín", 1960, "to-dan-pho-4", "learning", "0900000020", address="chu"),
    Learner("Lâm Thị Mười", 1963, "to-dan-pho-4", "started", "0900000020", address="co"),
    Learner("Vũ Đức Ân", 1971, "to-dan-pho-5", "learned", "0900000021", address="chu"),
    Learner("Mai Thị Ưởng", 1957, "to-dan-pho-5", "to_confirm", "0900000022", address="bac"),
    Learner("Cao Văn Lượng", 1964, "to-dan-pho-5", "in_attempt", "0900000023", address="chu"),
    Learner("Ngô Thị Khuê", 1968, "to-dan-pho-6", "passed_late", "0900000024", address="co"),
    Learner("Trịnh Xuân Phú", 1956, "to-dan-pho-6", "learning", "0900000025", address="bac"),
    Learner("Dương Thị Nhàn", 1961, "to-dan-pho-6", "new", "0900000026"),
    Learner("Hồ Văn Quý", 1969, "to-dan-pho-7", "confirmed", "0900000027", address="chu"),
    Learner("Kiều Thị Thắm", 1972, "to-dan-pho-7", "started", "0900000028", address="chi"),
    Learner("Lương Văn Triều", 1954, "to-dan-pho-8", "learning", "0900000029", address="bac"),
    Learner("Châu Thị Vân", 1967, "to-dan-pho-8", "failed_once", "0900000030", address="co"),
    Learner("Đoàn Văn Giàu", 1950, "to-dan-pho-8", "new", ""),
    Learner("Quách Thị Hiền", 1965, "to-dan-pho-7", "to_observe", "0900000031", address="co"),
    Learner("Nguyễn Khánh An", 2012, "truong-thcs-ben-thu", "learning", "", "hoc-sinh-sinh-vien"),
    Learner("Trần Bảo Châu", 2013, "truong-thcs-ben-thu", "started", "", "hoc-sinh-sinh-vien"),
    Learner("Phạm Gia Hân", 2011, "truong-thcs-ben-thu", "learning", "", "hoc-sinh-sinh-vien"),
    Learner("Lê Minh Khôi", 2012, "truong-thcs-ben-thu", "new", "", "hoc-sinh-sinh-vien"),
    Learner("Nguyễn Văn Toàn", 1978, "truong-thcs-ben-thu", "started", "0900000032", "can-bo", "anh"),
    Learner("Trương Thị Bích Ngọc", 1984, "truong-thcs-ben-thu", "learning", "0900000033", "can-bo", "chi"),
    Learner("Nguyễn Văn Toàn", 1981, "truong-thcs-ben-thu", "new", "0900000034", "can-bo"),
    Learner("Hà Thị Quỳnh", 1987, "truong-tieu-hoc-ben-thu", "learning", "0900000035", "can-bo", "chi"),
    Learner("Tạ Quốc Việt", 1982, "truong-tieu-hoc-ben-thu", "new", "0900000036", "can-bo"),
    Learner("Nông Thị Sương", 1990, "truong-tieu-hoc-ben-thu", "started", "0900000037", "can-bo", "chi"),
    Learner("Bạch Văn Kiên", 1995, "to-dan-pho-6", "learning", "0900000038", "nguoi-lao-dong", "anh"),
    Learner("Thái Thị Diễm", 1998, "to-dan-pho-7", "new", "0900000039", "nguoi-lao-dong", "chi"),
)
