import pytest

from tests.sweeps.stage import staged


@pytest.fixture(scope="module")
def whole_stage(shared_app, database_url):
    """The world, built once for all tests of a module."""
    with staged(shared_app, database_url) as stage:
        yield stage


@pytest.fixture
def stage(whole_stage):
    """The stage, put back after the test."""
    yield whole_stage
    whole_stage.put_back()
