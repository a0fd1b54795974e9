"""Objects of an SDK that stand for one flag each: made with its key, kept in a variable, and asked by a method."""

from __future__ import annotations

from featureops.core.asked import Read
from featureops.core.callvalue import whole_call
from featureops.core.constants import Constant
from featureops.core.given import argument, called_name
from featureops.core.objectform import ObjectForm
from featureops.core.pack import SdkPack
from featureops.core.project import Project
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["kept_object", "object_read"]


def object_read(project: Project, path: str, call: Node) -> Read | None:
    """The read that a call is which asks such an object."""
    callee = call.role("function")
    owner, method = (callee.role("object"), called_name(call)) if callee is not None else (None, None)
    forms = _forms(call, method.text) if method is not None else []
    where, made = (project.container(path, owner) if owner is not None and forms else None) or (path, "")
    if isinstance(made, str):
        return None
    for sdk, form in forms:
        key = _key(made, form) if _speaks_of(project.names(where), sdk) else None
        constant = project.constant(where, key) if key is not None else None
        holder = kept_object(key) if key is not None else None
        if constant is None or holder is None:
            continue
        name = holder.role("name")
        definition = holder if _is_done(made, form) else None
        known = Constant(constant.value, "constant", where, definition, name.text if name is not None else "")
        node = whole_call(call, ())[0]
        return Read(node, call, sdk.id, "boolean", form.when, "proven", None, known, form.method)
    return None


def kept_object(key: Node) -> Node | None:
    """What gives a name to the object that is made with a key."""
    arguments = key.parent
    made = arguments.parent if arguments is not None and arguments.shape == "arguments" else None
    if made is None or made.shape != "call":
        return None
    makers = (form for sdk in key.file.pack.sdks for form in sdk.objects)
    holder = made.parent
    if not any(_key(made, form) is key for form in makers) or holder is None or holder.shape != "declarator":
        return None
    return holder if holder.role("value") is made else None


def _forms(call: Node, method: str) -> list[tuple[SdkPack, ObjectForm]]:
    return [(sdk, form) for sdk in call.file.pack.sdks for form in sdk.objects if form.method == method]


def _key(made: Node, form: ObjectForm) -> Node | None:
    name = called_name(made) if made.shape == "call" else None
    return argument(made, form.flag) if name is not None and name.text == form.maker else None


def _speaks_of(names: Names, sdk: SdkPack) -> bool:
    modules = {form.module for form in sdk.imports}
    return any(binding.imported is not None and binding.imported.module in modules for binding in names.imports)


def _is_done(made: Node, form: ObjectForm) -> bool:
    """Whether the object may go once nothing asks it."""
    return not form.done or any(part.text in form.done for part in made.walk())
