"""Asking for a flag in a repository that asks for none yet: the SDK's template, and the file that makes its client.

Which SDK: the one whose package the repository's manifests name, else the one preferred for the language.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from featureops.core.model import FileEdit
from featureops.core.pack import LanguagePack, SdkPack
from featureops.core.project import Project
from featureops.core.templates import ClientModule, WrapTemplate
from featureops.core.wrap.idiom import Idiom, Part
from featureops.core.wrap.imports import module_of, package_of
from featureops.core.wrap.layout import Style
from featureops.core.wrap.values import Ask, Need, Pair

__all__ = ["Clients"]

_CONDITION = re.compile(r"(?P<before>(?:await )?)(?P<callee>.+)\((?P<parts>[^()]*)\)(?P<after>(?:\.[\w.()]*)?)")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A client's file: its path, its content (None: it is there already), and the root file that must name it."""

    client: ClientModule
    path: str
    text: bytes | None
    package: str
    install: str
    root: str = ""


class Clients:
    """The templates of SDKs as idioms. Each client gets one place for a whole change."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._placed: dict[str, _Placed] = {}

    def idioms(self, pair: Pair, style: Style) -> list[Idiom]:
        """The ways of asking that fit a file, the best first."""
        pack = pair.new.pack
        markup = any(node.shape == "markup-element" for node in pair.new.root.walk() if node.named)
        return [
            self._idiom(pair, style, sdk, template)
            for sdk in _preferred(pack)
            for template in sdk.templates
            if markup or template.scope == "anywhere"
        ]

    def context(self) -> dict[str, bytes]:
        """The files of clients that the change would add."""
        return {placed.path: placed.text for placed in self._placed.values() if placed.text is not None}

    def made(self, asks: tuple[Ask, ...]) -> tuple[list[FileEdit], list[str]]:
        """The new files that these ways of asking need, and the packages to install."""
        wanted = {ask.client for ask in asks}
        edits, packages = list[FileEdit](), list[str]()
        for placed in self._placed.values():
            if placed.path not in wanted or placed.text is None:
                continue
            edits.append(FileEdit(placed.path, None, placed.text))
            packages.append(placed.install)
            if placed.root:
                before = self._project.contents.text(placed.root)
                if before is not None:
                    edits.append(FileEdit(placed.root, before, _entered(before, placed.client.enter)))
        return edits, packages

    # -------------------------------------------------------------- one template

    def _idiom(self, pair: Pair, style: Style, sdk: SdkPack, template: WrapTemplate) -> Idiom:
        found = _CONDITION.fullmatch(template.condition)
        before, callee, inner, after = (
            found.group("before", "callee", "parts", "after") if found else ("", template.condition, "{key}", "")
        )
        root = re.split(r"\W", callee.lstrip("$&"))[0]
        parts = tuple(_part(text.strip(), pair.new.pack) for text in inner.split(","))
        placed = self._place(pair, sdk, template, template.client) if template.client is not None else None
        if placed is not None and not template.imports:
            need = self._brought(pair, style, placed)
        else:
            need = _imported(pair, style, sdk, template, root)
        return Idiom(
            sdk.id,
            f"{sdk.id} template",
            0,
            callee,
            root,
            parts,
            need=need,
            before=before,
            after=after,
            hook=template.scope == "component",
            client=placed.path if placed is not None else "",
        )

    # -------------------------------------------------------------- clients

    def _place(self, pair: Pair, sdk: SdkPack, template: WrapTemplate, client: ClientModule) -> _Placed:
        key = f"{pair.new.pack.id} {sdk.id} {client.file}"
        if key not in self._placed:
            self._placed[key] = self._new_place(pair, sdk, template, client)
        return self._placed[key]

    def _new_place(self, pair: Pair, sdk: SdkPack, template: WrapTemplate, client: ClientModule) -> _Placed:
        pack, install = pair.new.pack, template.package or sdk.package
        ending = posixpath.splitext(pair.path)[1]
        ending = ending if ending in pack.extensions and template.scope == "component" else pack.extensions[0]
        name = client.file + ending
        there = self._existing(name, client)
        if there is not None:
            return _Placed(client, there, None, package_of(pack, self._project.contents.text(there)), install)
        folder, root = self._folder(pair.path, client, pack)
        package = package_of(pack, pair.new.data)
        return _Placed(client, posixpath.join(folder, name), _text(client, pack, package), package, install, root)

    def _existing(self, name: str, client: ClientModule) -> str | None:
        for path in sorted(self._project.paths):
            if posixpath.basename(path) == name and client.name.encode() in (self._project.contents.text(path) or b""):
                return path if self._project.file(path) is not None else None
        return None

    def _folder(self, path: str, client: ClientModule, pack: LanguagePack) -> tuple[str, str]:
        """The folder for the new file, and the root file that has to name it."""
        loaded = next((folder for folder in client.folders if self._has(folder)), None)
        if loaded is not None:
            return loaded, ""
        folder = here = posixpath.dirname(path)
        while client.roots:
            for name in client.roots:
                root = posixpath.join(here, name + pack.extensions[0])
                if root in self._project.paths:
                    return here, root
            if not here:
                break
            here = posixpath.dirname(here)
        return folder, ""

    def _has(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self._project.paths)

    def _brought(self, pair: Pair, style: Style, placed: _Placed) -> Need | None:
        """What makes the client's name known in a file; None where it is known without."""
        client, pack = placed.client, pair.new.pack
        same = package_of(pack, pair.new.data) == placed.package
        beside = posixpath.dirname(pair.path) == posixpath.dirname(placed.path) or pack.modules.style != "folder"
        if client.seen == "all" or (client.seen == "package" and same and beside):
            return None
        form = client.brings or (pack.wrap.import_call if style.calls else pack.wrap.import_name)
        module = module_of(self._project, placed.path, pair.path) if client.seen == "file" else placed.package
        relative = posixpath.relpath(posixpath.splitext(placed.path)[0], posixpath.dirname(pair.path) or ".")
        values = {"module": module, "name": client.name, "quote": style.quote, "package": placed.package}
        text = form.format(**values, relative=relative)
        return Need(client.name, module, client.name, text if style.semicolons else text.rstrip(";"))


def _preferred(pack: LanguagePack) -> list[SdkPack]:
    return sorted(pack.sdks, key=lambda sdk: (not sdk.preferred, sdk.id))[:1]


def _imported(pair: Pair, style: Style, sdk: SdkPack, template: WrapTemplate, root: str) -> Need:
    """The SDK's own name, brought in by the statement of the template."""
    words = re.split(r"[^\w@/.-]+", template.imports.strip())
    source = next((item.module for item in sdk.imports if item.module in words), "")
    statement = template.imports
    if style.calls and " {" in statement:
        statement = pair.new.pack.wrap.import_call.format(module=source, name=root, quote=style.quote)
    named = " {" in template.imports or statement.startswith("from ")
    return Need(root, source, root if named else "*", statement if style.semicolons else statement.rstrip(";"))


def _part(text: str, pack: LanguagePack) -> Part:
    if "{key}" in text:
        return Part("", key=True, keyword=text.partition("{key}")[0])
    plain = text.isidentifier() and text not in (pack.text.true, pack.text.false, pack.text.null)
    return Part(text, (text,) if plain else ())


def _text(client: ClientModule, pack: LanguagePack, package: str) -> bytes:
    quote = pack.text.quotes[0]
    lines = client.text.strip("\n").splitlines()
    if not package:
        lines = [line for line in lines if "{package}" not in line]
    text = "\n".join(lines).strip("\n").replace("{package}", package).replace("{app}", f"{quote}app{quote}")
    return f"{text}\n".encode()


def _entered(root: bytes, line: str) -> bytes:
    """The root file with the line behind its last one of the kind (`mod a;`), else at its top."""
    lines = root.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    word = line.split(maxsplit=1)[0]
    alike = [at for at, each in enumerate(lines) if each.split()[:1] == [word] and each.rstrip().endswith(";")]
    lines.insert(alike[-1] + 1 if alike else 0, f"{line}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")
