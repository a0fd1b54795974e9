"""Clients that a test framework or the callers in the file hand in."""

from __future__ import annotations

import pytest

from tests.core.test_reads import Row, reads

FIXTURES_PY = """import pytest
from openfeature import api
@pytest.fixture
def flags():
    return api.get_client()
@pytest.fixture(scope='module')
def lamp():
    return Lamp()
def plain():
    return api.get_client()
"""
TEST_PY = """def test_a({name}):
    mine = {name}
    mine.get_boolean_value('a', False)
"""


@pytest.mark.parametrize(
    ("name", "where", "proof"),
    [
        ("lamp", "tests/conftest.py", "unproven"),
        ("plain", "tests/conftest.py", "unproven"),
        ("flags", "other/conftest.py", "unproven"),
        ("flags", "tests/fixtures.py", "unproven"),
        ("flags", "tests/conftest.py", "proven"),
        ("flags", "conftest.py", "proven"),
        ("flags", "tests/a/conftest.py", "proven"),
    ],
)
def test_a_fixture_gives_the_parameter_of_its_name(name: str, where: str, proof: str) -> None:
    files = {where: FIXTURES_PY, "tests/a/test_x.py": TEST_PY.format(name=name)}
    assert reads(files, "tests/a/test_x.py") == [(3, "a", proof)]


def test_a_fixture_of_the_file_itself_gives_its_parameter() -> None:
    assert reads({"test_x.py": FIXTURES_PY + TEST_PY.format(name="flags")}, "test_x.py") == [(13, "a", "proven")]


@pytest.mark.parametrize(
    ("calls", "proof"),
    [
        ("", "unproven"),
        ("ask(Lamp(), 1)", "unproven"),
        ("ask(client, 1)\nask(Lamp(), 1)", "unproven"),
        ("ask(client, 1)\nmap(ask, lamps)", "unproven"),
        ("ask(1, client)", "unproven"),
        ("ask(client, 1)", "likely"),
        ("ask(k=1, c=client)\nask(api.get_client(), 2)", "likely"),
    ],
)
def test_a_parameter_is_what_every_caller_of_the_file_puts_into_it(calls: str, proof: str) -> None:
    text = f"""from openfeature import api
def ask(c, k):
    return c.get_boolean_value('a', False)
client = api.get_client()
{calls}
"""
    assert reads({"a.py": text}, "a.py") == [(3, "a", proof)]


SPEC_RB = """require 'ldclient-rb'
describe 'x' do
  subject { LaunchDarkly::LDClient.new('k') }
  let(:asks) { LaunchDarkly::LDClient.new('k') }
  let(:lamp) { Lamp.new }
  it { %s.variation('a', {}, false) }
end
describe('y') { %s.variation('b', {}, false) }
"""


@pytest.mark.parametrize(
    ("name", "proof"), [("lamp", "unproven"), ("other", "unproven"), ("asks", "proven"), ("subject", "proven")]
)
def test_a_memo_of_a_test_gives_the_name_within_its_group(name: str, proof: str) -> None:
    rows: list[Row] = [(6, "a", proof), (8, "b", "unproven")]
    assert reads({"a_spec.rb": SPEC_RB % (name, name)}, "a_spec.rb") == rows


@pytest.mark.parametrize(("made", "proof"), [("UnleashEngine()", "unproven"), ("UnleashClient('u', 'a')", "proven")])
def test_another_class_of_the_sdk_s_makers_is_no_client(made: str, proof: str) -> None:
    text = f"""from UnleashClient import UnleashClient
from yggdrasil_engine.engine import UnleashEngine
engine = {made}
engine.is_enabled('a', {{}})
"""
    assert reads({"a.py": text}, "a.py") == [(4, "a", proof)]
