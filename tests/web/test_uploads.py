"""The temporary file of a large upload is closed when the request is over, however it ended."""

import gc
import warnings

import pytest

from lms.core.db import db
from tests.factories import make_role
from tests.people.factories import make_account, make_ward

BOUNDARY = "dau-ngan-cach"
LARGE = ('form-data; name="tep"; filename="ds.csv"', b"x,y\n" * 300_000)
LONG = ('form-data; name="dan"', b"a" * 3_000_000)


def body(*parts, is_cut=False):
    told = [b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), head.encode(), content)
            for head, content in parts]
    return b"".join(told) + (b"" if is_cut else b"--%s--\r\n" % BOUNDARY.encode())


@pytest.mark.parametrize(("parts", "is_cut", "status"), [
    ((LARGE,), False, 200), ((LARGE, LARGE), False, 200), ((LARGE, LONG), False, 413), ((LARGE,), True, None)],
    ids=["read", "two", "too large", "cut off"])
def test_no_file_stays_open(client, parts, is_cut, status):
    ward, _to_1, _to_2 = make_ward()
    focal = make_account()
    make_role(focal, "focal_point", ward)
    db.session.commit()
    client.sign_in(focal)
    token = ('form-data; name="csrf_token"', client.token().encode())

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        answer = client.post("/dau-moi/nhap", data=body(token, *parts, is_cut=is_cut),
                             content_type=f"multipart/form-data; boundary={BOUNDARY}")
        code = answer.status_code
        del answer
        gc.collect()

    assert [str(one.message) for one in seen if "SpooledTemporaryFile" in str(one.message)] == []
    assert code < 500
    assert status is None or (code == 413) == (status == 413)
