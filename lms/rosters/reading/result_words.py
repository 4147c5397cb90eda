"""The words at the head of a list of results from another platform: those of a list of people, and what was learned."""

from lms.rosters.reading.words import ROSTER, wider

RESULT_KEYS = ("full_name", "birth_date", "phone", "email", "staff_code", "personal_code", "course", "completed_on", "number",
               "result", "class", "organisation", "note")
RESULTS = wider(ROSTER, {
    "course": "course|course_title|course_name|course title|course name|khoa hoc|ten khoa hoc|khoa|ten khoa"
              "|khoa dao tao|khoa boi duong|chuong trinh|ten chuong trinh|chuong trinh dao tao|chuong trinh hoc"
              "|noi dung boi duong|noi dung|noi dung khoa hoc|chuyen de|ten chuyen de|mon hoc|bai hoc|hoc phan"
              "|lop boi duong|ten lop boi duong|lop tap huan|khoa tap huan|chung chi|ten chung chi|chung nhan"
              "|ten chung nhan|modun|module|mo dun|khoa da hoc|ten khoa da hoc",
    "completed_on": "completed_on|completed_at|completion_date|date|issued_on|issue_date|completion date"
                    "|completed on|issue date|ngay hoan thanh|hoan thanh ngay|ngay hoan tat|ngay cap"
                    "|ngay cap chung nhan|ngay cap chung chi|ngay dat|ngay thi|ngay ket thuc|ngay xong"
                    "|thoi gian hoan thanh|thoi diem hoan thanh|ngay cap giay|ngay cong nhan|ngay ky|ngay ht"
                    "|ngay cap gcn|ngay cap chung nhan khoa hoc|ngay cap giay chung nhan|ngay cap cc",
    "number": "certificate_number|certificate number|certificate no|certificate_no|certificate|certificate_id|serial"
              "|so chung nhan|so giay chung nhan|so chung chi|so gcn|so cn|so hieu|so hieu chung chi"
              "|so hieu chung nhan|so hieu van bang|so vao so|ma chung nhan|ma chung chi|ma gcn|so giay"
              "|so quyet dinh|so van bang|ma giay chung nhan|so vao so cap chung chi",
    "result": "result|score|grade|mark|marks|status|final grade|ket qua|xep loai|diem|diem so|tong diem"
              "|diem tong ket|trang thai|dat khong dat|dat chua dat|ket qua hoc tap|ket qua xep loai|danh gia"
              "|muc dat|tinh trang|diem trung binh|diem thi|ket qua danh gia|ket qua kiem tra|loai",
}, """
giay chung nhan = number
so chung chi = number
so chung nhan = number
ma chung chi = number
ma chung nhan = number
ngay hoan thanh = completed_on
ngay cap = completed_on
hoan thanh = completed_on
khoa hoc = course
khoa boi duong = course
chuong trinh = course
chuyen de = course
ket qua = result
xep loai = result
diem = result
""")
