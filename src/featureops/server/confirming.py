"""A person's yes to a write, asked for through the client where it can ask.

Elsewhere the answer with its `confirm` token goes to the assistant, which has to ask.
"""

from __future__ import annotations

from mcp.server.mcpserver import Context
from mcp.types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, Field

from featureops.core.errors import Denied
from featureops.server.render import Result

__all__ = ["Confirmation", "can_ask", "confirmed"]

_KEY = "confirmation"
# From here on a server answers with its question instead of sending a request of its own.
_ANSWERS_WITH_QUESTIONS = "2026-07-28"


class Confirmation(BaseModel):
    """The form that a person sees."""

    confirm: bool = Field(description="Do it?")


def can_ask(data: Result, context: Context[None]) -> bool:
    """The answer waits for a yes, and the client shows forms. `elicitation: {}` is the old way of saying so."""
    capabilities = context.client_capabilities
    asks = capabilities.elicitation if capabilities is not None else None
    return data.get("requiresConfirmation") is True and asks is not None and (asks.form is not None or asks.url is None)


async def confirmed(data: Result, context: Context[None]) -> str | InputRequiredResult:
    """The token of what the person saw and said yes to, or the question for the client to ask.

    Errors: Denied (anything but a yes).
    """
    question, token = str(data.get("message")), str(data.get("confirm"))
    version = context.protocol_version
    if version is None or not is_version_at_least(version, _ANSWERS_WITH_QUESTIONS):
        answer = await context.elicit(question, Confirmation)
        return _yes(token, yes=answer.action == "accept" and answer.data.confirm)
    given = (context.input_responses or {}).get(_KEY)
    if not isinstance(given, ElicitResult):
        form = ElicitRequestFormParams(message=question, requested_schema=_FORM)
        return InputRequiredResult(input_requests={_KEY: ElicitRequest(params=form)}, request_state=token)
    yes = given.action == "accept" and (given.content or {}).get("confirm") is True
    # The token of the first round, which the SDK sealed: the yes is for that change and no other.
    return _yes(context.request_state or "", yes=yes)


def _yes(token: str, *, yes: bool) -> str:
    if yes:
        return token
    raise Denied(
        "A person was asked and did not say yes: nothing was written.",
        "Do not ask again for the same change; ask the person what they want instead.",
    )


_FORM = {
    "type": "object",
    "properties": {"confirm": {"type": "boolean", "title": "Do it?"}},
    "required": ["confirm"],
}
