"""What a flag says of itself: tags, links, the flags that it depends on. What Unleash accepts, and what a write makes
of them. Also the fingerprint of a flag's content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from featureops.core.errors import BadArgument, Denied
from featureops.core.flagjson import flag_json, strategy_json
from featureops.core.model import Dependency, Flag, Link, Naming, Strategy, Tag

__all__ = [
    "check_naming",
    "check_one_parent",
    "checked_dependency",
    "checked_link",
    "checked_tag",
    "fingerprint",
    "with_dependency",
    "with_links",
    "with_tags",
]

_TAG: Final = (2, 50)
_MAX_LINKS: Final = 10
_SCHEMES: Final = ("http", "https")


def checked_tag(tag: Tag) -> Tag:
    """Type and value of 2 to 50 characters, without white space around them."""
    found = Tag(tag.type.strip(), tag.value.strip())
    for what, text in (("type", found.type), ("value", found.value)):
        if not _TAG[0] <= len(text) <= _TAG[1]:
            raise BadArgument(
                f"The {what} of a tag can't be {text[:60]!r}.",
                f'Use {_TAG[0]} to {_TAG[1]} characters, such as {{"type": "simple", "value": "checkout"}}.',
            )
    return found


def checked_link(link: Link) -> Link:
    """An address for a browser."""
    url = link.url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in _SCHEMES or not parts.hostname or any(char.isspace() for char in url):
        raise BadArgument(
            f"{url[:200]!r} is no address that a link can have.", "Use a whole one, such as https://example.com/pull/1."
        )
    return replace(link, url=url, title=link.title.strip())


def check_naming(naming: Naming | None, name: str) -> None:
    """Errors: Denied (a name that the project does not want)."""
    if naming is None:
        return
    try:
        fits = re.fullmatch(naming.pattern, name) is not None
    except re.error:
        return  # written for another engine: the backend judges
    if not fits:
        example = f", such as {naming.example}" if naming.example else ""
        said = f" {naming.description}" if naming.description else ""
        raise Denied(
            f'The project does not want a flag to be called "{name}".', f"Names match {naming.pattern}{example}.{said}"
        )


def checked_dependency(flag: Flag, parent: Flag) -> None:
    """Unleash's rules: not itself, nothing archived, and one level only. Errors: BadArgument."""
    if parent.name == flag.name:
        raise BadArgument(f'"{flag.name}" can\'t depend on itself.', "Name another flag as its parent.")
    if parent.archived:
        raise BadArgument(f'"{parent.name}" is archived: nothing can depend on it.', "Revive it, or name another flag.")
    if parent.project != flag.project:
        raise BadArgument(
            f'"{parent.name}" is in project {parent.project}, "{flag.name}" in {flag.project}.',
            "A flag depends on flags of its own project only.",
        )
    if flag.children:
        raise BadArgument(
            f'{", ".join(flag.children)} depend on "{flag.name}": it can\'t depend on another flag itself.',
            "Dependencies have one level: let each of them depend on the parent.",
        )
    if parent.dependencies:
        raise BadArgument(
            f'"{parent.name}" depends on {", ".join(parent.parents)} itself: nothing can depend on it.',
            f"Dependencies have one level: depend on {parent.parents[0]} instead.",
        )


def with_tags(flag: Flag, add: Iterable[Tag] = (), remove: Iterable[Tag] = ()) -> Flag:
    """Errors: BadArgument (a tag that can't be)."""
    gone = {Tag(each.type.strip(), each.value.strip()) for each in remove}
    kept = [tag for tag in flag.tags if tag not in gone]
    return replace(flag, tags=tuple(sorted({*kept, *map(checked_tag, add)})))


def with_links(flag: Flag, add: Iterable[Link] = (), remove: Iterable[str] = ()) -> Flag:
    """`remove` holds ids or addresses. Errors: BadArgument (no such link, an address that can't be, too many)."""
    gone = set(remove)
    unknown = gone - {word for link in flag.links for word in (link.id, link.url)}
    if unknown:
        there = ", ".join(link.url for link in flag.links) or "none"
        raise BadArgument(f'"{flag.name}" has no link {min(unknown)}.', f"Its links: {there}.")
    kept = [link for link in flag.links if not {link.id, link.url} & gone]
    known = {link.url for link in kept}
    new = [link for link in map(checked_link, add) if link.url not in known]
    if len(kept) + len(new) > _MAX_LINKS:
        raise BadArgument(
            f'"{flag.name}" would have {len(kept) + len(new)} links; there is room for {_MAX_LINKS}.',
            "Take some away with removeLinks.",
        )
    return replace(flag, links=(*kept, *new))


def with_dependency(flag: Flag, dependency: Dependency | None) -> Flag:
    """The flag with that parent and no other: a flag has one at most."""
    return replace(flag, dependencies=() if dependency is None else (dependency,))


def check_one_parent(flag: Flag) -> None:
    """Errors: BadArgument."""
    if len(flag.dependencies) > 1:
        raise BadArgument(
            f'"{flag.name}" can\'t depend on {" and ".join(flag.parents)}.', "A flag depends on one parent at most."
        )


def fingerprint(flag: Flag, *, ids: bool = True) -> str:
    """The same for the same content: without usage, version, stage and what other flags say of it; without `ids` also
    for strategies and links that were taken away and made again, which come last then."""
    states = tuple(replace(state, last_seen_at=None, yes=0, no=0) for state in flag.environments)
    bare = replace(flag, environments=states, version=0, children=(), stage="")
    if not ids:
        states = tuple(replace(state, strategies=_without_ids(state.strategies)) for state in states)
        bare = replace(
            bare, created_at=0.0, environments=states, links=tuple(replace(link, id="") for link in bare.links)
        )
    text = json.dumps(flag_json(bare), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_ids(strategies: Iterable[Strategy]) -> tuple[Strategy, ...]:
    bare = (replace(each, id="", sort_order=0) for each in strategies)
    return tuple(sorted(bare, key=lambda each: json.dumps(strategy_json(each), sort_keys=True)))
