"""Removals that people made by hand, as cases: one folder each with case.json, before/ and after/.

case.json names the flag, the value that was kept (`treat`), how the code asks (`sdk.queries`), what makes it known
(`sdk.definitions`) and the files with their roles. What a person would write into featureops.toml is derived here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Query", "RemovalCase", "cases_in"]


@dataclass(frozen=True, slots=True)
class Query:
    """One way in which the code asks; `constant` is a name that stands for the key."""

    form: str
    code: str
    name: str = ""
    position: int | None = None
    constant: str = ""
    when: str = "enabled"

    def table(self, flag: str) -> str:
        """Its [[reads]] table; `code` is the flag itself unless the form has an argument for the key."""
        if self.form == "attribute":
            rows = {"decorator": re.split(r"[(\s]", self.code.strip("[]@ "))[0], "flag": 0}
        elif self.form == "component":
            tag, attribute = re.findall(r"<(\w+)\s+(\w+)=", self.code)[0]
            rows = {"component": tag, "flag": attribute}
        elif self.form == "config_key":
            rows = {"entry": self.code.partition(":")[0].strip()}
        elif self.form == "wrapper_function" and self.code.endswith(")"):
            rows = {"call": self.name, "name": flag}
        elif self.form == "call" and self.position is not None and self._is_more():
            rows = {"expression": self.code.partition(" ??")[0], "name": flag}
        elif self.form == "call" and self.position is not None:
            rows = {"call": self.name, "flag": self.position}
        elif self.form == "call" and self.code.endswith(f"{self.name}()") and self.name not in ("IsEnabled", ""):
            rows = {"expression": f"*.{self.name}()", "name": flag}
        else:
            rows = {"expression": self.code, "name": flag}
        if self.form not in ("attribute", "component", "config_key"):
            rows["when"] = self.when
        return "[[reads]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())

    def _is_more(self) -> bool:
        """Whether the flag is asked by more than the call: by a member of its result, or through a selector."""
        callee = re.escape(self.name)
        return re.fullmatch(rf"[\w.:$>?-]*\b{callee}\([^()]*\)", self.code) is None


@dataclass(frozen=True, slots=True)
class RemovalCase:
    """`files` maps each path to its role: prod or test."""

    id: str
    language: str
    flag: str
    keep: bool
    queries: tuple[Query, ...]
    definition: str
    files: dict[str, str]
    folder: Path

    def before(self) -> dict[str, bytes]:
        return _tree(self.folder / "before")

    def after(self) -> dict[str, bytes]:
        return _tree(self.folder / "after")

    def config(self) -> str:
        """The featureops.toml: constants are named as aliases only where no file tells what they hold."""
        texts = list(self.before().values())
        aliases = [
            query.constant
            for query in self.queries
            if query.constant and not any(_holds(text, self.flag, query.constant) for text in texts)
        ]
        lines = [query.table(self.flag) for query in self.queries]
        if self.definition:
            lines.append(f"[[reads]]\ndefinition = {json.dumps(self.definition)}\nflag = 0\n")
        if aliases:
            lines.append(f"[aliases]\n{json.dumps(self.flag)} = {json.dumps(sorted(set(aliases)))}\n")
        return '[backend]\nkind = "none"\n' + "\n".join(dict.fromkeys(lines))


def cases_in(folder: Path, prefix: str = "") -> Iterator[RemovalCase]:
    """The cases whose id begins with the prefix, or has it after the first dash; in order."""
    for path in sorted(folder.glob("*/case.json")):
        if path.parent.name.removeprefix("real-").startswith(prefix.removeprefix("real-")):
            yield _read(path)


def _read(path: Path) -> RemovalCase:
    data = json.loads(path.read_text())
    return RemovalCase(
        id=data["id"],
        language=data["language"],
        flag=data["flag"],
        keep=data["treat"] == "enabled",
        definition=_defining(data["sdk"].get("definitions") or ""),
        queries=tuple(_query(row) for row in data["sdk"]["queries"]),
        files={row["path"]: row["role"] for row in data["files"]},
        folder=path.parent,
    )


def _defining(text: str) -> str:
    """The call that makes flags known, where the text begins with one: `config.add(:key, ...) in ...`."""
    found = re.match(r"([\w.]+)\([:'\"]?key\b", text)
    return found[1] if found else ""


def _query(row: dict[str, str | int | None]) -> Query:
    position = row.get("flag_arg")
    return Query(
        form=str(row["form"]),
        code=str(row["code"]),
        name=str(row.get("name") or ""),
        position=position if isinstance(position, int) else None,
        constant=str(row.get("const") or "") if row.get("flag_as") != "receiver" else "",
        when=str(row.get("true_when") or "enabled"),
    )


def _holds(text: bytes, flag: str, constant: str) -> bool:
    """Whether a file gives the constant the key, on one line or two."""
    name = re.escape(re.split(r"[.:]+", constant)[-1])
    return re.search(rf"{name}\b[^\n]*\n?[^\n]*['\"`]{re.escape(flag)}['\"`]".encode(), text) is not None


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
