import json

import structlog

from lms.core import logs


def test_a_line_is_json_without_phone_numbers_or_forged_lines(capsys):
    with structlog.testing.capture_logs():
        pass  # leaves the configuration as it was
    logs.configure("INFO")

    structlog.get_logger("x").info("sign_in", name="Hoa\n{\"event\": \"forged\"}", phone="gọi 0900 000 011 nhé", count=123456789012)

    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    event = json.loads(lines[0])
    assert event["phone"] == "gọi …11 nhé"
    assert event["count"] == 123456789012
    assert event["level"] == "info"


def test_details_stay_out_below_the_level(capsys):
    logs.configure("INFO")

    structlog.get_logger("x").debug("job_done")

    assert capsys.readouterr().err == ""
