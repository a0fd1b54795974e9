"""What happens in the demo: each step does one thing through the MCP server and checks that it really happened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mcp import Client
from mcp.types import CallToolResult, TextContent

from featureops.cli.demo_stage import Endpoint, Stage, StepFailed
from featureops.cli.demo_view import View
from featureops.core.model import Json

__all__ = ["Story"]

_Answer = dict[str, Json]
_TEST = "development"
_LIVE = "production"


@dataclass(slots=True)
class Story:
    """The steps share what the earlier ones found: the flag, and the trees of git at each stage."""

    view: View
    stage: Stage
    client: Client
    flag: str = ""
    intended: str = ""
    wrapped: str = ""
    evaluation: _Answer = field(default_factory=dict)
    following: _Answer = field(default_factory=dict)

    async def tell(self) -> None:
        """Errors: StepFailed, and MCPError when the server goes away."""
        await self.start()
        await self.evaluate()
        await self.detect()
        await self.create()
        await self.wrap()
        async with self.stage.endpoint(_TEST) as test:
            await self.run_dark(test)
            await self.switch_on(test)
        async with self.stage.endpoint(_LIVE) as live:
            await self.release(live)
        await self.look_at_health()
        await self.clean_up()
        await self.compare()
        await self.retire()

    # ------------------------------------------------------------ steps

    async def start(self) -> None:
        self.view.heading("A change that nobody should ship in one go")
        self.intended = await self.stage.tree()
        stat = await self.stage.git("diff", "--stat=80", "HEAD", self.intended)
        for line in stat.rstrip().splitlines():
            self.view.more(line.strip())

    async def evaluate(self) -> None:
        self.view.heading("Does it need a flag?")
        answer = self.evaluation = await self.call("evaluate_change", {"description": self.stage.app.intent})
        self.check(answer.get("needsFlag") is True, "the change was not seen as risky", answer)
        self.view.answer(f"yes: the risk is {answer['riskLevel']} (score {answer['riskScore']})")
        self.view.prose(str(answer.get("explanation")))
        for signal in [row for row in _rows(answer, "signals") if row.get("path")][:3]:
            self.view.more(f"{signal['path']}:{signal['line']}  {signal['evidence']}")

    async def detect(self) -> None:
        self.view.heading("Is there a flag already that covers it?")
        answer = await self.call("detect_flag", {"description": self.stage.app.intent})
        self.check(answer.get("recommendation") != "use_existing", "a flag that does not fit was found", answer)
        self.view.answer(str(answer.get("message")))

    async def create(self) -> None:
        self.view.heading("Create one, off everywhere")
        suggested = self.evaluation.get("suggestedFlag")
        if not isinstance(suggested, dict):
            raise StepFailed("evaluate_change suggested no flag", _pretty(self.evaluation))
        self.flag = str(suggested["name"])
        answer = await self.call("create_flag", suggested)
        self.check(answer.get("success") is True, "the flag was not created", answer)
        self.view.answer(f"{self.flag}, a {suggested['type']} flag; nobody has it yet")

    async def wrap(self) -> None:
        self.view.heading("Put the change behind the flag: the old code stays as the other branch")
        answer = await self.call("wrap_change", {"flagName": self.flag, "fromDiff": True, "apply": True})
        self.check(answer.get("applied") is True, "nothing was written", answer)
        self.check(answer.get("verdict") == "complete", f"the verdict is {answer.get('verdict')}", answer)
        self.wrapped = await self.stage.tree()
        self.check(self.wrapped != self.intended, "the files did not change", answer)
        hunks = _rows(answer, "hunks")
        wrapped = [row for row in hunks if row.get("outcome") == "wrapped"]
        self.view.answer(
            f"{len(wrapped)} hunks wrapped; {len(hunks) - len(wrapped)} left outside: they change nothing alone"
        )
        await self.show_diff(self.intended, self.wrapped)

    async def run_dark(self, endpoint: Endpoint) -> None:
        self.view.heading("Flag off: the shop behaves as before")
        self.view.note("The shop's own tests; its SDK fetches the flag from an endpoint on this machine.")
        await self.run_tests(self.stage.app.old, endpoint)

    async def switch_on(self, endpoint: Endpoint) -> None:
        self.view.heading(f"Flag on in {_TEST}: the new way works")
        await self.toggle(_TEST)
        await self.run_tests(self.stage.app.new, endpoint)

    async def release(self, endpoint: Endpoint) -> None:
        self.view.heading(f"Release in {_LIVE}, step by step: each mark is a customer who checks out")
        await self.check_who(endpoint, "off", 0, 0)
        await self.roll_out(25)
        await self.toggle(_LIVE)
        few = await self.check_who(endpoint, "25 %", 1, 12)
        await self.roll_out(100)
        everyone = await self.check_who(endpoint, "100 %", 20, 20)
        self.check(few <= everyone, "somebody who had the new way lost it", {})

    async def look_at_health(self) -> None:
        self.view.heading("Is the flag still needed?")
        answer = await self.call("flag_health", {"flagName": self.flag})
        row = next((row for row in _rows(answer, "flags") if row.get("flagName") == self.flag), {})
        self.check(row.get("verdict") == "ready-to-clean-up", f"the verdict is {row.get('verdict')}", answer)
        self.view.answer(f"{row['verdict']}: {row['evidence']} {row['usages']} reads in {row['files']} files.")
        following = row.get("next")
        wanted = {"tool": "cleanup_flag", "arguments": {"flagName": self.flag, "preservePath": "enabled"}}
        self.check(following == wanted, "the next call should be to clean it up, keeping the new code", answer)

    async def clean_up(self) -> None:
        self.view.heading("Take the flag out again, keeping the new code")
        answer = await self.call("cleanup_flag", {"flagName": self.flag, "preservePath": "enabled", "apply": True})
        self.check(answer.get("applied") is True, "nothing was written", answer)
        self.check(answer.get("verdict") == "complete", f"the verdict is {answer.get('verdict')}", answer)
        ready = answer.get("readiness")
        self.check(isinstance(ready, dict) and ready.get("verdict") != "blocked", "it should not be blocked", answer)
        self.following = next(iter(_rows(answer, "next")), {})
        cleaned = await self.stage.tree()
        left = _rows(answer, "leftovers")
        self.view.answer(f"{len(_rows(answer, 'files'))} files cleaned, {len(left)} leftovers")
        await self.show_diff(self.wrapped, cleaned)

    async def compare(self) -> None:
        self.view.heading("Nothing of the flag is left, and nothing else was touched")
        await self.run_tests(self.stage.app.new, None)
        cleaned = await self.stage.tree()
        difference = await self.stage.git("diff", self.intended, cleaned)
        self.view.ran("git diff <the change as it was written>", "empty" if not difference else "not empty")
        if difference:
            raise StepFailed("the cleaned code is not the code of the change, byte for byte", difference)

    async def retire(self) -> None:
        self.view.heading("No code asks for it any more: archive the flag")
        self.check(self.following.get("tool") == "archive_flag", "the next call should be to archive it", {})
        answer = await self.call("archive_flag", {"featureName": self.flag})
        feature = answer.get("feature")
        self.check(isinstance(feature, dict) and feature.get("archived") is True, "it is not archived", answer)
        self.view.answer("off for every SDK; revive_flag would bring it back")

    # ------------------------------------------------------------ what the steps are made of

    async def call(self, tool: str, arguments: Mapping[str, Json]) -> _Answer:
        self.view.call(tool, arguments)
        result = await self.client.call_tool(tool, dict(arguments))
        if result.is_error or not isinstance(result.structured_content, dict):
            raise StepFailed(f"{tool} refused", _text_of(result))
        return result.structured_content

    def check(self, holds: bool, otherwise: str, answer: _Answer) -> None:
        if not holds:
            raise StepFailed(otherwise, _pretty(answer))

    async def run_tests(self, expectation: Mapping[str, str], endpoint: Endpoint | None) -> None:
        app = self.stage.app
        ran = await self.stage.interpret(app.tests, {**expectation, **self.connection(endpoint)})
        words = " ".join(f"{name}={value}" for name, value in expectation.items())
        counted = re.search(r"Ran (\d+) tests?", ran.errors)
        if ran.code != 0 or counted is None:
            raise StepFailed("the application's tests fail", ran.errors + ran.output)
        self.view.ran(f"{words} {app.tests_shown}", f"{counted[1]} tests passed")

    async def toggle(self, environment: str) -> None:
        arguments: _Answer = {"featureName": self.flag, "environment": environment, "enabled": True}
        answer = await self.call("toggle_flag_environment", arguments)
        after = self.after(answer)
        self.check(after.get("enabled") is True, "the flag was not switched on", answer)
        self.view.answer(f"on in {environment}, for {after.get('exposure')} % of the customers")

    def after(self, answer: _Answer) -> _Answer:
        """What the environment looks like after a write, as the backend gave it back."""
        self.check(answer.get("success") is True, "the write did not happen", answer)
        after = answer.get("after")
        return after if isinstance(after, dict) else {}

    async def roll_out(self, percentage: int) -> None:
        arguments: _Answer = {"featureName": self.flag, "environment": _LIVE, "rolloutPercentage": percentage}
        answer = await self.call("set_flag_rollout", arguments)
        after = self.after(answer)
        self.check(answer.get("rolloutPercentage") == percentage, "the rollout was not set", answer)
        self.view.answer(f"{percentage} % in {_LIVE}" + ("" if after.get("enabled") else ", as soon as it is on there"))

    async def check_who(self, endpoint: Endpoint, label: str, least: int, most: int) -> frozenset[str]:
        """Who pays the new way; the application asks its SDK for each customer."""
        ran = await self.stage.interpret(self.stage.app.who, self.connection(endpoint))
        if ran.code != 0:
            raise StepFailed("the application does not run", ran.errors)
        ways = {str(name): way == "new" for name, way in json.loads(ran.output).items()}
        new = frozenset(name for name, is_new in ways.items() if is_new)
        self.view.who(label, ways, f"{len(new)} of {len(ways)}")
        if not least <= len(new) <= most:
            raise StepFailed(f"{len(new)} of {len(ways)} customers got the new way", ran.output)
        return new

    def connection(self, endpoint: Endpoint | None) -> dict[str, str]:
        return self.stage.app.connected(endpoint.url, endpoint.token) if endpoint else {}

    async def show_diff(self, before: str, after: str) -> None:
        self.view.diff(await self.stage.git("diff", "--unified=2", before, after))


def _rows(answer: _Answer, key: str) -> list[dict[str, Json]]:
    """The objects in the list under `key`; none when it is missing."""
    found = answer.get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _pretty(answer: _Answer) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))
