"""The loader of `<language>/sdks/<sdk>.toml`: how an SDK is imported, asked and wrapped."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import Literal, cast

from featureops.core.errors import Bug
from featureops.core.objectform import ObjectForm
from featureops.core.pack import CallForm, GateForm, ImportForm, Marker, SdkPack, VariantForm
from featureops.core.templates import ClientModule, WrapTemplate
from featureops.core.testing.rules import SetupForm
from featureops.languages.tables import Table, optional, read, subtable, subtables, text, texts

__all__ = ["sdk_pack"]


def sdk_pack(file: Traversable, language: str) -> SdkPack:
    data = read(file)
    return SdkPack(
        id=text(data, "id"),
        language=language,
        package=text(data, "package"),
        docs=text(data, "docs"),
        imports=tuple(
            ImportForm(
                module=text(item, "module"),
                clients=texts(item, "clients"),
                functions=texts(item, "functions"),
                name=optional(item, "name"),
                gates=texts(item, "gates"),
            )
            for item in subtables(data, "import")
        ),
        calls=tuple(_call(item) for item in subtables(data, "call")),
        gates=tuple(_gate(item) for item in subtables(data, "gate")),
        receivers=texts(data, "receivers"),
        others=texts(data, "others"),
        markers=tuple(Marker(texts(item, "hosts"), text(item, "text")) for item in subtables(data, "marker")),
        setups=tuple(_setup(item) for item in subtables(data, "setup")),
        objects=tuple(_object(item) for item in subtables(data, "object")),
        variant=_variant(subtable(data, "variant")),
        preferred=bool(data.get("preferred", False)),
        packages=texts(data, "packages"),
        templates=tuple(_template(item) for item in subtables(data, "template")),
    )


def _template(item: Table) -> WrapTemplate:
    return WrapTemplate(
        name=text(item, "name"),
        condition=text(item, "condition"),
        imports=text(item, "imports", ""),
        client=_client(subtable(item, "client")) if "client" in item else None,
        scope=cast("Literal['anywhere', 'component']", text(item, "scope", "anywhere")),
        usage=text(item, "usage", ""),
        frameworks=texts(item, "frameworks"),
        package=text(item, "package", ""),
        handed=text(item, "handed", ""),
        setup=text(item, "setup", ""),
        late=bool(item.get("late", False)),
    )


def _client(item: Table) -> ClientModule:
    return ClientModule(
        file=text(item, "file"),
        text=text(item, "text"),
        name=text(item, "name"),
        brings=text(item, "brings", ""),
        seen=cast("Literal['file', 'package', 'all']", text(item, "seen", "file")),
        roots=texts(item, "roots"),
        enter=text(item, "enter", ""),
        folders=texts(item, "folders"),
        called=text(item, "called", ""),
        loader=text(item, "loader", ""),
        load=text(item, "load", ""),
    )


def _call(item: Table) -> CallForm:
    flag, default = item.get("flag", 0), item.get("default")
    if not isinstance(flag, int) or not (default is None or isinstance(default, int)):
        raise Bug(f"call: flag and default are positions in {dict(item)}")
    return CallForm(
        method=optional(item, "method"),
        function=optional(item, "function"),
        flag=flag,
        keyword=optional(item, "keyword"),
        value=cast(
            "Literal['boolean', 'variant', 'string', 'number', 'object', 'block']", text(item, "value", "boolean")
        ),
        when=cast("Literal['enabled', 'disabled']", text(item, "when", "enabled")),
        pinned=texts(item, "pinned"),
        default=default,
        modules=texts(item, "modules"),
        common=bool(item.get("common", False)),
        boxed=bool(item.get("boxed", False)),
        awaited=bool(item.get("awaited", False)),
        passed=text(item, "passed", ""),
        spelt=text(item, "spelt", "{}"),
        members=cast("Literal['', 'camel']", text(item, "members", "")),
    )


def _setup(item: Table) -> SetupForm:
    flag, value, gives = item.get("flag", 0), item.get("value"), text(item, "gives", "")
    if not isinstance(flag, int) or not (value is None or isinstance(value, (int, str))):
        raise Bug(f"setup: flag is a position, value a position or a keyword in {dict(item)}")
    if gives not in ("", "enabled", "disabled") or not texts(item, "owners"):
        raise Bug(f"setup: owners are named, and gives is enabled or disabled, not {dict(item)}")
    return SetupForm(
        name=text(item, "name"),
        owners=texts(item, "owners"),
        flag=flag,
        value=value,
        gives=gives,
        several=bool(item.get("several", False)),
        entries=bool(item.get("entries", False)),
        answers=frozenset(texts(item, "answers")),
        through=frozenset(texts(item, "through")),
    )


def _object(item: Table) -> ObjectForm:
    flag = item.get("flag", 0)
    if not isinstance(flag, int):
        raise Bug(f"object: flag is a position in {dict(item)}")
    return ObjectForm(
        maker=text(item, "maker"),
        method=text(item, "method"),
        flag=flag,
        when=cast("Literal['enabled', 'disabled']", text(item, "when", "enabled")),
        done=frozenset(texts(item, "done")),
    )


def _variant(item: Table) -> VariantForm:
    name, enabled, feature = (texts(item, key) for key in ("name", "enabled", "feature"))
    return VariantForm(name, enabled, feature, text(item, "none", ""))


def _gate(item: Table) -> GateForm:
    return GateForm(
        component=optional(item, "component"),
        decorator=optional(item, "decorator"),
        method=optional(item, "method"),
        prefix=text(item, "prefix", ""),
        keyword=optional(item, "keyword"),
        entry=tuple(part for part in text(item, "entry", "").split(".") if part),
        value=text(item, "value", ""),
        when=cast("Literal['enabled', 'disabled']", text(item, "when", "enabled")),
        unless=texts(item, "unless"),
    )
