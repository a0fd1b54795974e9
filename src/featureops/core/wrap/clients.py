"""Asking for a flag in a repository that asks for none yet: the SDK's template, and the file that makes its client.

Which SDK: the one whose package the repository's manifests name, else the one preferred for the language.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from featureops.core.model import FileEdit
from featureops.core.pack import LanguagePack, SdkPack
from featureops.core.project import Project
from featureops.core.querying import nodes_shaped
from featureops.core.scopes import Names
from featureops.core.syntax import parse
from featureops.core.templates import ClientModule, WrapTemplate
from featureops.core.wrap.idiom import Idiom, Part
from featureops.core.wrap.imports import module_of
from featureops.core.wrap.injection import Held
from featureops.core.wrap.known import package_of
from featureops.core.wrap.layout import Style
from featureops.core.wrap.manifests import Manifests, sdk_for, templates_for
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
    root: str = ""


class Clients:
    """The templates of SDKs as idioms. Each client gets one place for a whole change, or one a package where only that
    sees it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.manifests = Manifests(project)
        self._placed: dict[str, _Placed] = {}

    def idioms(self, pair: Pair, style: Style, own: Idiom | None = None) -> list[Idiom]:
        """The ways of asking that fit a file, the best first; with the repository's `own` one only those of the same
        SDK, for places where that one can't be used. A hook is no model for code outside of components."""
        pack = pair.new.pack
        if own is not None and (own.hook or all(sdk.id != own.sdk for sdk in pack.sdks)):
            return []
        near = self.manifests.near(pair.path, pack)
        sdk = sdk_for(pack, near) if own is None else next(each for each in pack.sdks if each.id == own.sdk)
        markup = any(nodes_shaped(pair.new, "markup-element"))
        fitting = templates_for(sdk, near, pair.new_names.import_text, markup=markup) if sdk is not None else []
        return [self._idiom(pair, style, sdk, template) for template in fitting if sdk is not None]

    def context(self) -> dict[str, bytes]:
        """The files of clients that the change would add."""
        return {placed.path: placed.text for placed in self._placed.values() if placed.text is not None}

    def made(self, asks: Iterable[Ask]) -> list[FileEdit]:
        """The new files that these ways of asking need."""
        wanted = {ask.client for ask in asks}
        edits = list[FileEdit]()
        for placed in self._placed.values():
            if placed.path not in wanted or placed.text is None:
                continue
            edits.append(FileEdit(placed.path, None, placed.text))
            if placed.root:
                before = self._project.contents.text(placed.root)
                if before is not None:
                    edits.append(FileEdit(placed.root, before, _entered(before, placed.client.enter)))
        return edits

    def lacking(self, path: str, ask: Ask) -> list[str]:
        """What a person has to install, and to write, for a way of asking in a file."""
        pack = self._project.packs.for_path(path)
        if pack is None or not ask.package:
            return []
        package = self.manifests.lacking(path, pack, ask.package)
        return [each for each in (package, ask.setup, self._load(path, pack, ask)) if each]

    def _load(self, path: str, pack: LanguagePack, ask: Ask) -> str:
        """What loads the file of a client where no manifest says that files are loaded by themselves."""
        placed = next((each for each in self._placed.values() if each.path == ask.client), None)
        if placed is None or not placed.client.loader:
            return ""
        if any(placed.client.loader in manifest.text for manifest in self.manifests.near(path, pack)):
            return ""
        return placed.client.load.format(path=placed.path)

    # -------------------------------------------------------------- one template

    def _idiom(self, pair: Pair, style: Style, sdk: SdkPack, template: WrapTemplate) -> Idiom:
        found = _CONDITION.fullmatch(template.condition)
        before, callee, inner, after = (
            found.group("before", "callee", "parts", "after") if found else ("", template.condition, "{key}", "")
        )
        root = re.split(r"\W", callee.lstrip("$&"))[0]
        parts = tuple(_part(text.strip(), pair.new.pack) for text in inner.split(","))
        placed = (
            self._place(pair, sdk, template, _written(template.client, style)) if template.client is not None else None
        )
        held = self._held(pair, style, sdk, template) if template.handed else None
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
            held=held,
            package=template.package or sdk.package if placed is None or placed.text is not None else "",
            setup=template.setup,
            late=template.late,
        )

    def _held(self, pair: Pair, style: Style, sdk: SdkPack, template: WrapTemplate) -> Held:
        """The member of a class that the template asks."""
        names = re.findall(r"\w+", template.condition.partition("(")[0])
        need = _imported(pair, style, sdk, template, template.handed)
        return Held(names[-2], template.handed, need=need)

    # -------------------------------------------------------------- clients

    def _place(self, pair: Pair, sdk: SdkPack, template: WrapTemplate, client: ClientModule) -> _Placed:
        own = client.seen == "package" and pair.new.pack.modules.style == "folder"
        # What stands in no package, such as a build script, must not decide where the others look.
        within = bool(package_of(pair.new.pack, pair.new.data))
        key = f"{pair.new.pack.id} {sdk.id} {client.file} {within} {posixpath.dirname(pair.path) if own else ''}"
        if key not in self._placed:
            self._placed[key] = self._new_place(pair, template, client)
        return self._placed[key]

    def _new_place(self, pair: Pair, template: WrapTemplate, client: ClientModule) -> _Placed:
        pack = pair.new.pack
        ending = posixpath.splitext(pair.path)[1]
        ending = ending if ending in pack.extensions and template.scope == "component" else pack.extensions[0]
        name = client.file + ending
        there = self._existing(name, client)
        if there is not None:
            return _Placed(client, there, None, package_of(pack, self._project.contents.text(there)))
        folder, root = self._folder(pair.path, client, pack)
        package = package_of(pack, pair.new.data)
        return _Placed(client, posixpath.join(folder, name), _text(client, pack, package), package, root)

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


def _imported(pair: Pair, style: Style, sdk: SdkPack, template: WrapTemplate, root: str) -> Need:
    """The SDK's own name, brought in by the statement of the template."""
    statement = template.imports
    if style.calls and " {" in statement:
        given = (item.module for item in sdk.imports if item.module in statement)
        source = max(given, key=len, default="")
        statement = pair.new.pack.wrap.import_call.format(module=source, name=root, quote=style.quote)
    bound = Names(parse(pair.path, statement.encode(), pair.new.pack)).top(root)
    entry = bound.imported if bound is not None else None
    text = statement if style.semicolons else statement.rstrip(";")
    if entry is not None:
        return Need(root, entry.module, entry.imported, text)
    given = (item.module for item in sdk.imports if item.module in template.imports)
    return Need(root, max(given, key=len, default=""), "*", text)


def _part(text: str, pack: LanguagePack) -> Part:
    if "{key}" in text:
        return Part("", key=True, keyword=text.partition("{key}")[0])
    plain = text.isidentifier() and text not in (pack.text.true, pack.text.false, pack.text.null)
    return Part(text, (text,) if plain else ())


def _written(client: ClientModule, style: Style) -> ClientModule:
    """The client's file as files of this style are."""
    return replace(client, text=client.called) if style.calls and client.called else client


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
