"""The walks of every route are long; that none is left out of them is quick to tell."""

from lms.app import create_app
from tests.sweeps import access
from tests.sweeps.cast import COLUMNS
from tests.sweeps.stage import routes_of


def test_every_route_is_listed_with_an_answer_for_every_role(tmp_path):
    app = create_app({"LMS_INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "k3-Wq8sZ" * 6})
    written = access.read()

    assert set(written) == {str(route) for route in routes_of(app)}
    assert {len(marks) for marks in written.values()} == {len(COLUMNS)}


def test_every_route_has_an_example_of_its_own(tmp_path):
    app = create_app({"LMS_INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "k3-Wq8sZ" * 6})

    without = [str(route) for route in routes_of(app) if route.arguments - set(route.example.path)]

    assert without == []
