"""Change requests, tried on a small fake of Unleash Enterprise that refuses whatever is not known of the real one: its
paths, the actions and the keys of a change, and the states that a request can have."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, TypeVar, cast

import pytest

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.app import flags, metadata, strategies
from featureops.app.deps import Deps, Modes
from featureops.app.metadata import FlagFields
from featureops.app.strategies import StrategyFields
from featureops.core.config import Policy
from featureops.core.errors import BadArgument, Unreachable
from featureops.core.model import Json
from tests.app.flag_deps import Bench

T = TypeVar("T")
NAME: Final = "new-checkout"
STRATEGY: Final = "01M8QRZZKQXN15R0KEGEW7C3YQ"
ACTIONS: Final = frozenset(
    {
        "updateEnabled",
        "addStrategy",
        "updateStrategy",
        "deleteStrategy",
        "reorderStrategy",
        "patchVariant",
        "archiveFeature",
        "updateSegment",
        "deleteSegment",
        "addDependency",
        "deleteDependency",
    }
)
STATES: Final = {"Draft", "In review", "Approved", "Applied", "Cancelled", "Rejected"}
Answer = tuple[int, Json]


class Enterprise:
    """One flag, on in production with one strategy; production takes changes by request only."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Json]] = []
        self.unknown: list[str] = []
        self.writes: list[str] = []
        self.development = False
        self.die_after = ""
        self.empty = False

    def answer(self, verb: str, path: str, body: Json) -> Answer:
        if verb != "GET":
            self.writes.append(f"{verb} {path}")
        for kind, pattern, way in self.WAYS:
            if kind == verb and (match := re.fullmatch(pattern, path)):
                return way(self, body, *match.groups())
        self.unknown.append(f"{verb} {path}")
        return 404, {"message": f"The path {path} is not available."}

    def config(self, _: Json) -> Answer:
        return 200, {"versionInfo": {"current": {"oss": "", "enterprise": "8.2.0"}}, "maintenanceMode": False}

    def wanting(self, _: Json) -> Answer:
        places = (("development", False), ("production", True))
        rows: list[Json] = [
            {"environment": name, "type": name, "changeRequestEnabled": on, "requiredApprovals": 1}
            for name, on in places
        ]
        return 200, rows

    def flag(self, _: Json) -> Answer:
        strategy: Json = {
            "id": STRATEGY,
            "name": "flexibleRollout",
            "title": None,
            "disabled": False,
            "constraints": [],
            "variants": [],
            "segments": [],
            "parameters": {"rollout": "10", "stickiness": "default", "groupId": NAME},
        }
        there: Json = [] if self.empty else [strategy]
        return 200, {
            "name": NAME,
            "project": "default",
            "type": "release",
            "description": "",
            "tags": [],
            "dependencies": [],
            "environments": [
                {"name": "development", "enabled": self.development, "type": "development", "strategies": [strategy]},
                {"name": "production", "enabled": True, "type": "production", "strategies": there},
            ],
        }

    def parent(self, _: Json) -> Answer:
        return 200, {"name": "new-basket", "project": "default", "type": "release", "tags": [], "environments": []}

    def environments(self, _: Json) -> Answer:
        return 200, {"environments": [{"name": "development"}, {"name": "production"}]}

    def pending(self, _: Json) -> Answer:
        return 200, cast("Json", [row for row in self.requests if row["state"] in {"Draft", "In review"}])

    def one(self, _: Json, number: str) -> Answer:
        return 200, self.requests[int(number) - 1]

    def draft(self, body: Json, environment: str) -> Answer:
        changes = body if isinstance(body, list) else [body]
        for change in changes:
            assert isinstance(change, dict)
            if not {"feature", "action"} <= set(change) <= {"feature", "action", "payload"}:
                return 400, {"message": f"A change has no keys {sorted(change)}"}
            if change["action"] not in ACTIONS:
                return 400, {"message": f"No such action {change['action']}"}
        open_one = [row for row in self.requests if (row["environment"], row["state"]) == (environment, "Draft")]
        if not open_one:
            number = len(self.requests) + 1
            open_one = [{"id": number, "environment": environment, "state": "Draft", "changes": []}]
            self.requests += open_one
        cast("list[Json]", open_one[0]["changes"]).extend(changes)
        return 200, open_one[0]

    def state(self, body: Json, number: str) -> Answer:
        assert isinstance(body, dict)
        if body.get("state") not in STATES or set(body) - {"state", "comment"}:
            return 400, {"message": f"No such state {body}"}
        self.requests[int(number) - 1]["state"] = body["state"]
        return 200, self.requests[int(number) - 1]

    def switch(self, _: Json, way: str) -> Answer:
        self.development = way == "on"
        return 200, None

    def skipped(self, _: Json, *__: str) -> Answer:
        return 403, {"message": "You need the permission", "permissions": ["SKIP_CHANGE_REQUEST"]}

    def taken(self, _: Json, *__: str) -> Answer:
        return 200, None

    P = "/api/admin/projects/default"
    WAYS: Final[list[tuple[str, str, Callable[..., Answer]]]] = [
        ("GET", "/api/admin/ui-config", config),
        ("GET", "/api/admin/environments", environments),
        ("GET", f"{P}/change-requests/config", wanting),
        ("GET", f"{P}/change-requests/pending", pending),
        ("GET", f"{P}/change-requests/(\\d+)", one),
        ("POST", f"{P}/environments/([^/]+)/change-requests", draft),
        ("PUT", f"{P}/change-requests/(\\d+)/state", state),
        ("GET", f"{P}/features/{NAME}", flag),
        ("GET", f"{P}/features/new-basket", parent),
        ("POST", f"{P}/features/{NAME}/environments/development/(on|off)", switch),
        ("POST", f"{P}/features/{NAME}/environments/production/.*", skipped),
        ("PUT", f"{P}/features/{NAME}/environments/production/.*", skipped),
        ("DELETE", f"{P}/features/{NAME}.*", skipped),
        ("PUT", f"{P}/features/{NAME}", taken),
    ]


@contextmanager
def serving(fake: Enterprise) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0]
            status, body = fake.answer(self.command, path, json.loads(text) if text else None)
            if fake.die_after and path.endswith(fake.die_after) and self.command != "GET":
                self.close_connection = True
                return
            found = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 # the names that the base class asks for

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert fake.unknown == [], "asked for what is not known of Unleash"


class Desk:
    def __init__(self, folder: Path) -> None:
        self.fake, self.bench = Enterprise(), Bench(folder)

    def ask(self, call: Callable[[Deps], Awaitable[T]], *, dry_run: bool = False) -> T:
        async def run(url: str) -> T:
            backend = UnleashBackend(AdminApi(url, Secret("user:token")), "default")
            try:
                return await call(replace(self.bench.deps, backend=backend, modes=Modes(dry_run=dry_run)))
            finally:
                await backend.close()

        with serving(self.fake) as url:
            return asyncio.run(run(url))

    def changes(self, number: int = 1) -> list[tuple[str, Json]]:
        rows = cast("list[dict[str, Json]]", self.fake.requests[number - 1]["changes"])
        return [(str(row["action"]), row.get("payload")) for row in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def turn_off(deps: Deps) -> dict[str, Json]:
    return await flags.toggle_flag_environment(deps, name=NAME, environment="production", enabled=False)


async def widen(deps: Deps) -> dict[str, Json]:
    fields = StrategyFields(percentage=50)
    return await strategies.set_flag_rollout(deps, name=NAME, environment="production", fields=fields)


def test_a_write_becomes_a_submitted_request_with_its_address(desk: Desk) -> None:
    answer = desk.ask(turn_off)
    request = cast("dict[str, Json]", answer["changeRequest"])
    assert (answer["success"], request["id"], request["state"]) == (True, 1, "In review")
    assert str(request["url"]).endswith("/projects/default/change-requests/1")
    assert str(request["url"]) in str(answer["message"])
    assert "changeId" not in answer
    assert desk.changes() == [("updateEnabled", {"enabled": False})]
    assert desk.fake.requests[0]["state"] == "In review"
    assert all("change-requests" in each for each in desk.fake.writes)
    assert desk.bench.audit()[-1]["result"] == "requested"


def test_the_answer_has_what_is_and_what_would_be(desk: Desk) -> None:
    answer = desk.ask(turn_off)
    before, after = cast("dict[str, Json]", answer["before"]), cast("dict[str, Json]", answer["after"])
    assert (before["enabled"], after["enabled"], answer["enabled"]) == (True, False, True)


def test_a_first_strategy_is_added(desk: Desk) -> None:
    desk.fake.empty = True
    answer = desk.ask(widen)
    assert cast("dict[str, Json]", answer["changeRequest"])["state"] == "In review"
    ((action, payload),) = desk.changes()
    assert (action, "id" in cast("dict[str, Json]", payload)) == ("addStrategy", False)


def test_a_rollout_changes_the_strategy_that_is_there(desk: Desk) -> None:
    desk.ask(widen)
    ((action, payload),) = desk.changes()
    assert (action, cast("dict[str, Json]", payload)["id"]) == ("updateStrategy", STRATEGY)
    assert cast("dict[str, dict[str, str]]", payload)["parameters"]["rollout"] == "50"


def test_a_strategy_is_removed_by_request(desk: Desk) -> None:
    desk.ask(
        lambda deps: strategies.remove_flag_strategy(deps, name=NAME, environment="production", strategy_id=STRATEGY)
    )
    assert desk.changes() == [("updateEnabled", {"enabled": False}), ("deleteStrategy", {"id": STRATEGY})]


def test_archiving_and_dependencies_are_asked_for_too(desk: Desk) -> None:
    desk.ask(lambda deps: flags.archive_flag(deps, name=NAME, force=True))
    desk.ask(
        lambda deps: metadata.update_flag(deps, name=NAME, fields=FlagFields(dependency={"feature": "new-basket"}))
    )
    wanted: Json = {"feature": "new-basket", "enabled": True, "variants": []}
    assert [desk.changes(1), desk.changes(2)] == [[("archiveFeature", None)], [("addDependency", wanted)]]


def test_a_dependency_together_with_other_fields_is_refused(desk: Desk) -> None:
    fields = FlagFields(dependency={"feature": "new-basket"}, description="Other")
    with pytest.raises(BadArgument, match="change request"):
        desk.ask(lambda deps: metadata.update_flag(deps, name=NAME, fields=fields))
    assert desk.fake.writes == []


def test_an_environment_without_requests_is_written_to(desk: Desk) -> None:
    answer = desk.ask(
        lambda deps: flags.toggle_flag_environment(deps, name=NAME, environment="development", enabled=True)
    )
    assert (answer["success"], "changeRequest" in answer) == (True, False)
    assert desk.fake.writes == [f"POST /api/admin/projects/default/features/{NAME}/environments/development/on"]


def test_an_open_draft_of_somebody_is_not_submitted_for_them(desk: Desk) -> None:
    theirs: Json = {"feature": "other", "action": "updateEnabled", "payload": {"enabled": True}}
    desk.fake.draft(theirs, "production")
    answer = desk.ask(turn_off)
    request = cast("dict[str, Json]", answer["changeRequest"])
    assert (request["id"], request["state"], desk.fake.requests[0]["state"]) == (1, "Draft", "Draft")
    assert "submit" in str(answer["hint"])


def test_a_dry_run_drafts_nothing(desk: Desk) -> None:
    answer = desk.ask(turn_off, dry_run=True)
    assert (answer["dryRun"], desk.fake.requests, desk.fake.writes) == (True, [], [])


def test_the_policy_holds_before_a_request_is_drafted(desk: Desk) -> None:
    desk.bench.set(policy=Policy(confirm=("production",)))
    answer = desk.ask(turn_off)
    assert (answer["requiresConfirmation"], desk.fake.writes) == (True, [])


def test_a_request_whose_answer_is_lost_is_told_and_not_made_twice(desk: Desk) -> None:
    desk.fake.die_after = "/environments/production/change-requests"
    with pytest.raises(Unreachable, match="unknown") as raised:
        desk.ask(turn_off)
    assert "change-requests" in raised.value.hint
    assert len(desk.changes()) == 1


def test_a_submission_whose_answer_is_lost_is_looked_up(desk: Desk) -> None:
    desk.fake.die_after = "/state"
    answer = desk.ask(turn_off)
    assert cast("dict[str, Json]", answer["changeRequest"])["state"] == "In review"


def test_the_fake_refuses_what_is_not_known(desk: Desk) -> None:
    assert desk.fake.draft({"feature": NAME, "action": "turnOff"}, "production")[0] == 400
    assert desk.fake.draft({"feature": NAME, "action": "updateEnabled", "more": 1}, "production")[0] == 400
    desk.fake.draft({"feature": NAME, "action": "updateEnabled"}, "production")
    assert desk.fake.state({"state": "Submitted"}, "1")[0] == 400
    assert desk.fake.answer("GET", "/api/admin/change-requests", None)[0] == 404
