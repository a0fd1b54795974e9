from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

import pytest
from _pytest.mark import ParameterSet

from featureops.core.config import Config, HouseRead
from featureops.core.pack import CallForm, GateForm, SdkPack
from featureops.core.reads import find_reads, house_name
from featureops.languages import packs
from tests.core.sources import program

HOLDER = """from flags import client
class A:
    def __init__(self):
        self.c = client
    def f(self):
        self.c.is_enabled('k')
"""
SDK_TS = "import { Unleash } from 'unleash-client';\n"
CLIENT_TS = """import { initialize } from 'unleash-client';
export const unleash = initialize({ url: 'u' });
export let later;
export function start() { later = initialize({ url: 'u' }); }
"""
HOOK_TS = "import { useUnleashClient } from '@unleash/proxy-client-react';\n"
Row = tuple[int, str | None, str]
CLIENT_PY = "from UnleashClient import UnleashClient\nclient = UnleashClient('u', 'a')\n"


def reads(files: dict[str, str], path: str, *house: HouseRead) -> list[Row]:
    """(line, flag, proof) of the reads of a file."""
    found = find_reads(program(files, Config(reads=house)), path)
    return [(read.node.file.line_of(read.node.start), read.flag, read.proof) for read in found]


CALLS = [
    pytest.param(sdk, form, id=f"{sdk.language}-{sdk.id}-{form.method or form.function}")
    for sdk in packs().sdks()
    for form in sdk.calls
    if not form.members
]
GATES = [
    pytest.param(sdk, form, id=f"{sdk.language}-{sdk.id}-{form.decorator or form.method}{form.prefix}")
    for sdk in packs().sdks()
    for form in sdk.gates
    if form.component is None
]


@dataclass(frozen=True)
class Spelling:
    """How a language writes an import, a client that is made from it, what it calls, a keyword and a decorator."""

    imports: str
    made: str
    named: str = "{name}"
    method: str = "made.{}"
    keyword: str = "{}="
    before: str = ""
    ending: str = "\n"
    decorator: str = ""
    pinned: str = ".{}"


SCRIPT = Spelling(
    "import {{ {name} }} from '{source}';\n", "const made = {client}();\n", decorator="@{}\nclass A {{}}\n"
)
SPELLINGS = {
    "python": Spelling("from {source} import {name}\n", "made = {client}()\n"),
    "typescript": SCRIPT,
    "javascript": SCRIPT,
    "go": Spelling(
        'package a\n\nimport sdk "{source}"\n\n',
        "var made {client}\n\n",
        "sdk.{name}",
        before="func f() {\n",
        ending="\n}\n",
    ),
    "ruby": Spelling("", "made = {source}::{client}.new\n", keyword="{}: "),
    "php": Spelling(
        "<?php\nuse {source}\\{name};\n",
        "$made = {client}::create();\n",
        method="$made->{}",
        keyword="{}: ",
        ending=";\n",
        decorator="#[{}]\nclass A {{}}\n",
        pinned="->{}()",
    ),
    "java": Spelling(
        "import {source}.{name};\n",
        "var made = new {client}();\n",
        keyword="{} = ",
        ending=";\n",
        decorator="@{} class A {{}}\n",
    ),
    "csharp": Spelling(
        "using {source};\n",
        "var made = {client}();\n",
        keyword="{}: ",
        ending=";\n",
        decorator="[{}]\nclass A {{}}\n",
    ),
    "rust": Spelling("use {source}::{name};\n", "let made = {client}();\n", keyword="{}: ", ending=";\n"),
    "swift": Spelling("import {source}\n", "let made = {client}()\n", keyword="{}: "),
    "kotlin": Spelling(
        "import {source}.{name}\n", "val made = {client}()\n", keyword="{} = ", decorator="@{} class A\n"
    ),
}


def form_of(case: ParameterSet) -> CallForm | GateForm:
    form = case.values[1]
    assert isinstance(form, CallForm | GateForm)
    return form


def call_text(form: CallForm | GateForm, callee: str, key: str = '"the-key"') -> str:
    if isinstance(form, GateForm):
        for name in reversed(form.entry):
            key = f"{{ {name}: {key} }}"
        key = key.replace('"', f'"{form.prefix}', 1)
        return f"{callee}({key}, 1, 2)"
    return f"{callee}({', '.join(['0'] * form.flag + [key, 'a', 'b'])})"


def callee_of(sdk: SdkPack, form: CallForm | GateForm) -> str:
    spelling = SPELLINGS[sdk.language]
    if form.method is not None:
        return spelling.method.format(form.method)
    return spelling.named.format(name=form.function if isinstance(form, CallForm) else form.decorator)


def programs(sdk: SdkPack, form: CallForm | GateForm, module: str | None = None) -> Iterator[str]:
    """A file for each import through which the form can be used; `module` replaces the SDK's."""
    spelling = SPELLINGS[sdk.language]
    call = call_text(form, callee_of(sdk, form))
    for item in sdk.imports:
        if isinstance(form, CallForm) and form.modules and item.module not in form.modules:
            continue
        source = module or item.module
        if isinstance(form, GateForm) and form.decorator in item.gates:
            text = spelling.decorator.format(call)
            yield spelling.imports.format(source=source, name=form.decorator) + text
        if isinstance(form, CallForm) and form.function in item.functions:
            text = spelling.before + call + spelling.ending
            yield spelling.imports.format(source=source, name=form.function) + text
        for client in item.clients if form.method is not None else ():
            imports = spelling.imports.format(source=source, name=client)
            made = spelling.made.format(source=source, client=spelling.named.format(name=client))
            yield imports + made + spelling.before + call + spelling.ending


@pytest.mark.parametrize(("sdk", "form"), [*CALLS, *GATES])
def test_each_form_of_each_sdk_is_found_and_its_look_alike_is_not(sdk: SdkPack, form: CallForm | GateForm) -> None:
    pack = packs().by_id(sdk.language)
    assert pack is not None
    path = "a" + pack.extensions[0]
    real = list(programs(sdk, form))
    assert real, "no import leads to this form"
    proof = "likely" if isinstance(form, GateForm) and form.prefix else "proven"
    for text in real:
        found = find_reads(program({path: text}), path)
        assert [(read.flag, read.proof, read.when) for read in found] == [("the-key", proof, form.when)], text
        if isinstance(form, GateForm):
            value = form.value or "decorator"
        else:
            value = "details" if form.pinned or form.boxed else "promise" if form.awaited else form.value
        assert found[0].value == value
    for text in programs(sdk, form, module="elsewhere"):
        # A telling name makes it likely at best.
        assert "proven" not in [row[2] for row in reads({path: text}, path)], text


def is_pinned(form: CallForm | GateForm) -> bool:
    """Whether the boolean is a member of what the call itself gives."""
    return isinstance(form, CallForm) and form.pinned != () and not form.boxed


@pytest.mark.parametrize(("sdk", "form"), [each for each in CALLS if is_pinned(form_of(each))])
def test_the_member_that_holds_the_boolean_is_part_of_the_read(sdk: SdkPack, form: CallForm) -> None:
    pack = packs().by_id(sdk.language)
    assert pack is not None
    path = "a" + pack.extensions[0]
    for text in programs(sdk, form):
        called = call_text(form, callee_of(sdk, form))
        member = SPELLINGS[sdk.language].pinned.format(form.pinned[0])
        found = find_reads(program({path: text.replace(called, called + member)}), path)
        value = "promise" if form.awaited else form.value
        assert [(read.value, read.node.text.endswith(member)) for read in found] == [(value, True)]


@pytest.mark.parametrize(("sdk", "form"), [each for each in (*CALLS, *GATES) if form_of(each).keyword])
def test_the_key_may_be_given_by_keyword(sdk: SdkPack, form: CallForm | GateForm) -> None:
    pack, spelling = packs().by_id(sdk.language), SPELLINGS[sdk.language]
    assert pack is not None
    path = "a" + pack.extensions[0]
    callee = callee_of(sdk, form)
    keyword = spelling.keyword.format(form.keyword)
    for text in programs(sdk, form):
        given = text.replace(call_text(form, callee), f'{callee}({spelling.keyword.format("x")}1, {keyword}"the-key")')
        assert [row[1:] for row in reads({path: given}, path)] == [("the-key", "proven")]


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("from flags import client\nclient.is_enabled('k')", "proven"),
        ("from flags import client as c\nc.is_enabled('k')", "proven"),
        ("import flags\nflags.client.is_enabled('k')", "proven"),
        ("from flags import get\nget().is_enabled('k')", "proven"),
        ("from flags import get\nc = get()\nc.is_enabled('k')", "proven"),
        ("from flags import typed\ntyped().is_enabled('k')", "proven"),
        ("from UnleashClient import UnleashClient\ndef f(c: UnleashClient):\n    c.is_enabled('k')", "proven"),
        ("from UnleashClient import UnleashClient\ndef f(c: UnleashClient | None):\n    c.is_enabled('k')", "proven"),
        ("import UnleashClient as u\nu.UnleashClient('a').is_enabled('k')", "proven"),
        (HOLDER, "proven"),
        ("from flags import late\nlate.is_enabled('k')", "proven"),
        ("from flags import never\nnever.is_enabled('k')", "unproven"),
        ("x = 'unleash'\nx.is_enabled('k')", "unproven"),
        ("'unleash'.is_enabled('k')", "unproven"),
        ("def f(unleash):\n    unleash.is_enabled('k')", "likely"),
        ("def f(self):\n    self.unleash_client.is_enabled('k')", "likely"),
        ("def f(button):\n    button.is_enabled('k')", "unproven"),
        ("class B:\n    def is_enabled(self, k): ...\nB().is_enabled('k')", "unproven"),
        ("def is_enabled(k): ...\nis_enabled('k')", None),
        ("from flags import client\nclient.is_enabled()", None),
        ("from flags import client\nclient.is_enabled", None),
        ("from flags import client\n# client.is_enabled('k')", None),
        ("from flags import client\nx = \"client.is_enabled('k')\"", None),
        ("from flags import client\ndef f(client):\n    client.is_enabled('k')", "unproven"),
    ],
)
def test_a_method_counts_only_as_far_as_its_receiver_is_known(text: str, proof: str | None) -> None:
    flags = CLIENT_PY + dedent("""
        def get():
            return client
        late = None
        never = None
        def start():
            global late, never
            late = UnleashClient("u", "a")
            never = None
        def typed() -> UnleashClient:
            return registry["client"]
    """)
    found = reads({"flags.py": flags, "a.py": text + "\n"}, "a.py")
    assert [row[2] for row in found] == ([proof] if proof else [])


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("import { unleash } from './client';\nunleash.isEnabled('k');", "proven"),
        ("import { unleash } from './client';\nunleash?.isEnabled('k');", "proven"),
        ("import { unleash } from './client';\n(await unleash).isEnabled('k');", "proven"),
        ("import { unleash } from './client';\nunleash!.isEnabled('k');", "proven"),
        ("import * as c from './client';\nc.unleash.isEnabled('k');", "proven"),
        ("import * as sdk from 'unleash-client';\nsdk.isEnabled('k');", "proven"),
        ("import { isEnabled as on } from 'unleash-client';\non('k');", "proven"),
        (
            SDK_TS + "class A { constructor(private c: Unleash) {} f() { return this.c.isEnabled('k'); } }",
            "proven",
        ),
        (
            SDK_TS + "class A { c = new Unleash({}); f() { return this.c.isEnabled('k'); } }",
            "proven",
        ),
        (SDK_TS + "function f(c: Unleash) { return c.isEnabled('k'); }", "proven"),
        (
            HOOK_TS + "const c = useUnleashClient();\nc.isEnabled('k');",
            "proven",
        ),
        ("import { later } from './client';\nlater.isEnabled('k');", "proven"),
        ("import { passed } from './hooks';\npassed('k');", "proven"),
        ("import { unleash } from 'elsewhere';\nunleash.isEnabled('k');", "likely"),
        ("function f(menu: Menu) { return menu.isEnabled('k'); }", "unproven"),
        ("import { useFlag } from 'country-flags';\nuseFlag('k');", None),
        ("import { useFlag } from './own';\nuseFlag('k');", None),
        ("function useFlag(k: string) {}\nuseFlag('k');", None),
        ("import { flag } from '@unleash/nextjs';\nfunction f(flag: any) { flag('k'); }", None),
    ],
)
def test_a_call_counts_only_as_far_as_its_origin_is_known(text: str, proof: str | None) -> None:
    files = {
        "client.ts": CLIENT_TS,
        "hooks.ts": "export { useFlag as passed } from '@unleash/proxy-client-react';\n",
        "own.ts": "export const useFlag = (k: string) => true;\n",
        "a.tsx": text + "\n",
    }
    assert [row[2] for row in reads(files, "a.tsx")] == ([proof] if proof else [])


@pytest.mark.parametrize("key", ["name", '"a-" + name', 'f"a-{name}"', "KEYS[name]", "make(name)", "f('a')"])
def test_a_key_made_at_run_time_is_a_read_without_a_flag(key: str) -> None:
    assert reads({"a.py": CLIENT_PY + f"def f(name):\n    client.is_enabled({key})\n"}, "a.py") == [(4, None, "proven")]


def test_the_flag_s_own_name_as_a_key_of_another_call_is_not_confused() -> None:
    text = CLIENT_PY + 'client.is_enabled("outer", {"flag": client.is_enabled("inner")})\n'
    assert sorted(str(row[1]) for row in reads({"a.py": text}, "a.py")) == ["inner", "outer"]


def test_looking_near_an_offset_finds_what_the_walk_finds_there() -> None:
    text = CLIENT_PY + 'if client.is_enabled("a"):\n    pass\nx = client.is_enabled("b") and client.is_enabled("c")\n'
    project = program({"a.py": text})
    offsets = [at for at in range(len(text)) if text.startswith("is_enabled", at)]
    whole = [read.flag for read in find_reads(project, "a.py")]
    assert whole == ["a", "b", "c"]
    assert [read.flag for read in find_reads(project, "a.py", offsets)] == whole
    assert [read.flag for read in find_reads(project, "a.py", offsets[1:2])] == ["b"]


def house(form: str, target: str, **more: str | int) -> HouseRead:
    return HouseRead(form=form, target=target, **more)  # type: ignore[arg-type] # the tables of the tests are plain


@pytest.mark.parametrize(
    ("read", "text", "count"),
    [
        (house("call", "isTreated", flag=0), "isTreated('k')", 1),
        (house("call", "isTreated", flag=0), "a.b.isTreated('k')", 1),
        (house("call", "isTreated", flag=0), "isTreatedNot('k')", 0),
        (house("call", "exp.isTreated", flag=1), "exp.isTreated(user, 'k')", 1),
        (house("call", "exp.isTreated", flag=0), "other.isTreated('k')", 0),
        (house("call", "has", flag="feature"), "has(feature='k')", 1),
        (house("call", "has", flag="feature"), "has(other='k')", 0),
        (house("call", "isOn", name="k"), "isOn(1, 2)", 1),
        (house("member", "features.{flag}"), "app.features.k", 1),
        (house("member", "features.{flag}"), "features['k']", 1),
        (house("member", "features.{flag}"), "features.k.value", 0),
        (house("member", "features.{flag}"), "nofeatures.k", 0),
        (house("expression", "Site.new_pay", name="k"), "Site.new_pay", 1),
        (house("expression", "*.new_pay", name="k"), "a.b.new_pay", 1),
        (house("expression", "Site.new_pay", name="k"), "Site.new_pay_2", 0),
        (house("decorator", "gate", flag=0), "@gate('k')\ndef f(): pass", 1),
        (house("decorator", "gate", flag=0), "@mod.gate('k')\ndef f(): pass", 1),
        (house("decorator", "gate", flag=0), "@other('k')\ndef f(): pass", 0),
        (house("entry", "featureFlag"), "x = {'featureFlag': 'k'}", 1),
        (house("entry", "featureFlag"), "x = {'title': 'k'}", 0),
        (house("test", "enable", flag=0), "enable('k')", 1),
        (HouseRead("call", "isTreated", flag=0, language="typescript"), "isTreated('k')", 0),
    ],
)
def test_the_house_s_own_ways_are_found(read: HouseRead, text: str, count: int) -> None:
    assert [row[1:] for row in reads({"a.py": text + "\n"}, "a.py", read)] == [("k", "proven")] * count


def test_a_gating_component_is_found_by_its_attribute() -> None:
    text = "const a = <On id='k'><B /></On>;\nconst b = <On id={'k'} />;\nconst c = [<Off id='k' />, <On x='k' />];\n"
    found = reads({"a.tsx": text}, "a.tsx", HouseRead("component", "On", flag="id"))
    assert found == [(1, "k", "proven"), (2, "k", "proven")]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("newCheckout", "new-checkout"),
        ("NewCheckout", "new-checkout"),
        ("NEW_CHECKOUT", "new-checkout"),
        ("new-checkout", "new-checkout"),
        ("new_checkout", "new-checkout"),
        ("checkoutV2", "checkout-v2"),
        ("useHTTPCache", "use-http-cache"),
    ],
)
def test_a_name_in_any_case_style_is_one_flag(spelling: str, name: str) -> None:
    assert house_name(spelling) == name


RUBY_CLIENT = "class A\n  def initialize(given)\n    @c = Unleash::Client.new\n    @given = given\n  end\n"
PHP_USE = "<?php\nuse Unleash\\Client\\Unleash;\n"


@pytest.mark.parametrize(
    ("path", "text", "proof"),
    [
        ("a.rb", RUBY_CLIENT + "  def f = @c.enabled?('k')\nend", "proven"),
        ("a.rb", RUBY_CLIENT + "  def f = self.c.enabled?('k')\nend", "proven"),
        ("a.rb", RUBY_CLIENT + "  def f = c.enabled?('k')\nend", "proven"),
        ("a.rb", RUBY_CLIENT + "  def f = @given.enabled?('k')\nend", "unproven"),
        ("a.rb", RUBY_CLIENT + "  def f(c) = c.enabled?('k')\nend", "unproven"),
        ("a.rb", "c = Unleash::Client.new\ndef f = c.enabled?('k')", "unproven"),
        ("a.rb", "CLIENT.enabled?('k')", "proven"),
        ("a.rb", "::Unleash::Client.new.enabled?('k')", "proven"),
        ("a.rb", "Own::Client.new.enabled?('k')", "unproven"),
        ("a.rb", "Unleash::Context.new.enabled?('k')", "unproven"),
        ("a.rb", "module Unleash\n  class Client\n  end\nend\nUnleash::Client.new.enabled?('k')", "unproven"),
        ("a.rb", "unleash.enabled?('k')", "likely"),
        ("a.rb", "enabled?('k')", None),
        ("a.php", PHP_USE + "function f(Unleash $c) { $c->isEnabled('k'); }", "proven"),
        ("a.php", PHP_USE + "function f(?Unleash $c) { $c?->isEnabled('k'); }", "proven"),
        ("a.php", "<?php function f(\\Unleash\\Client\\Unleash $c) { $c->isEnabled('k'); }", "proven"),
        ("a.php", PHP_USE + "class A { private Unleash $c; function f() { $this->c->isEnabled('k'); } }", "proven"),
        ("a.php", PHP_USE + "app(Unleash::class)->isEnabled('k');", "proven"),
        ("a.php", "<?php\nuse Own\\Unleash;\nfunction f(Unleash $c) { $c->isEnabled('k'); }", "unproven"),
        ("a.php", "<?php\nfunction f(Menu $m) { $m->isEnabled('k'); }", "unproven"),
        ("a.php", PHP_USE + "$c = new Menu();\nfunction f($c) { $c->isEnabled('k'); }", "unproven"),
        ("a.php", "<?php $unleash->isEnabled('k');", "likely"),
        ("a.php", "<?php isEnabled('k');", None),
    ],
)
def test_a_receiver_is_known_by_its_language_s_own_ways(path: str, text: str, proof: str | None) -> None:
    files = {"config/initializers/flags.rb": "CLIENT = Unleash::Client.new\n", path: text + "\n"}
    assert [row[2] for row in reads(files, path)] == ([proof] if proof else [])


SWIFT_KEY = """import UnleashProxyClientSwift
final class A {
    var unleash: UnleashClient!
    let key = "k"
    var other = "k"
    func f(_ key: String) -> Bool { unleash.isEnabled(name: %s) }
    func g() { self.other = "l" }
}
"""


@pytest.mark.parametrize(
    ("text", "flag"), [("self.key", "k"), ("key", None), ("self.other", None), ("self.none", None), ("other.key", None)]
)
def test_a_constant_of_the_object_itself_is_known_with_and_without_its_word(text: str, flag: str | None) -> None:
    assert [row[1] for row in reads({"A.swift": SWIFT_KEY % text}, "A.swift")] == [flag]


FIELD_KEYS = {
    "A.java": 'import io.getunleash.Unleash;\nclass A { Unleash u; String k = "j"; boolean f() { return %s; } }\n',
    "A.kt": 'import io.getunleash.Unleash\nclass A(val u: Unleash) { private val k = "j"\n fun f() = %s }\n',
    "A.cs": 'using Unleash;\nclass A { IUnleash u; readonly string k = "j"; bool F() { return %s; } }\n',
}


@pytest.mark.parametrize("path", FIELD_KEYS)
def test_a_field_that_holds_the_key_means_the_same_with_and_without_this(path: str) -> None:
    name = "u.IsEnabled" if path.endswith(".cs") else "u.isEnabled"
    text = FIELD_KEYS[path] % f"{name}(this.k) || {name}(k)"
    assert [row[1:] for row in reads({path: text}, path)] == [("j", "proven"), ("j", "proven")]


CSHARP_USES = """public class A {
    async Task F() { var c = Api.Instance.GetClient(); await c.GetBooleanValueAsync("k", false); }
    async Task G(IFeatureClient c) { await c.GetBooleanValueAsync("k", false); }
}
"""
OWN_TYPES = "namespace %s;\npublic class Api { }\npublic interface IFeatureClient { }\n"


@pytest.mark.parametrize(
    ("before", "own", "proof"),
    [
        ("namespace OpenFeature.Contrib.Acme;\n", "Acme", "proven"),
        ("namespace OpenFeature;\n", "Acme", "proven"),
        ("namespace Acme.OpenFeature;\n", "Other", "unproven"),
        ("namespace OpenFeatures.Acme;\n", "Other", "unproven"),
        ("", "Other", "unproven"),
        ("namespace OpenFeature.Contrib.Acme;\n", "OpenFeature.Contrib", "unproven"),
        ("namespace OpenFeature.Contrib.Acme;\n", "OpenFeature", "unproven"),
    ],
)
def test_the_types_of_the_namespaces_around_need_no_import(before: str, own: str, proof: str) -> None:
    files = {"a.cs": before + CSHARP_USES, "b.cs": OWN_TYPES % own}
    assert [row[2] for row in reads(files, "a.cs")] == [proof, proof]


@pytest.mark.parametrize(
    "head",
    [
        "#!/usr/bin/env dotnet\n",
        "#!/usr/bin/env dotnet\n#:project ../X.csproj\n#:package A@1.0\n\n",
        "// about\n\n#:project ../X.csproj\n",
        "\ufeff#:sdk Microsoft.NET.Sdk.Web\r\n",
    ],
)
def test_lines_for_a_tool_at_the_head_of_a_file_hide_nothing(head: str) -> None:
    text = "using OpenFeature;\nIFeatureClient c = Api.Instance.GetClient();\n"
    text += 'var on = await c.GetBooleanValueAsync("k", false);\n'
    file = program({"a.cs": head + text}).file("a.cs")
    assert file is not None
    assert file.errors() == frozenset()
    assert reads({"a.cs": head + text}, "a.cs") == [(head.count("\n") + 3, "k", "proven")]
    quoted = 'class A { string s = """\n#:project x\n"""; }\n'
    assert reads({"a.cs": quoted + text}, "a.cs") == [(6, "k", "proven")]


RUST_MACROS = """use unleash_api_client::client::Client;
fn f(c: &Client<F>, other: &Menu) {
    %s
}
"""


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ('println!("{}", c.is_enabled_str("k", None, false));', ["k"]),
        ('println!("{}", format!("{}", c.is_enabled_str("k", None, false)));', ["k"]),
        ('assert!(!c.is_enabled_str("k", None, false), "why: {}", 1);', ["k"]),
        ('if dbg!(c.is_enabled_str("k", None, false)) { go() }', ["k"]),
        ('let v = vec![c.is_enabled_str("k", None, false), c.is_enabled_str("l", None, false)];', ["k", "l"]),
        ('tokio::join!(go(), async { let on = c.is_enabled_str("k", None, false); go(on) });', ["k"]),
        # What is no list of expressions: the calls in it.
        ('let v = json!({"on": c.is_enabled_str("k", None, false)});', ["k"]),
        ('tokio::select! { x = go() => { if c.is_enabled_str("k", None, false) { go() } } }', ["k"]),
        ('html! { <div>{ c.is_enabled_str("k", None, false) }</div> }', ["k"]),
        ('pick!(c.is_enabled_str("k", None, false) => 1, c.get_variant_str("l", &x) => 2);', ["k", "l"]),
        ('cfg_if! { if #[cfg(x)] { fn g(c: &Client<F>) { c.is_enabled_str("k", None, false); } } }', ["k"]),
        ("println!(\"c.is_enabled_str('k')\");", []),
        ('words!(c is_enabled_str "k");', []),
        ('quote!(fn is_enabled_str(c: "k"));', []),
        ('broken!(c.is_enabled_str("k", => ));', []),
        ('println!("{}", is_enabled_str("k"));', []),
    ],
)
def test_what_a_macro_is_given_is_read_like_arguments(text: str, flags: list[str]) -> None:
    files = {"a.rs": RUST_MACROS % text}
    assert reads(files, "a.rs") == [(3, flag, "proven") for flag in flags]
    file = program(files).file("a.rs")
    assert file is not None
    for node in file.root.walk():
        assert [child.start for child in node.children] == sorted(child.start for child in node.children)
        assert all(node.start <= child.start <= child.end <= node.end for child in node.children)


def test_a_look_alike_in_a_macro_is_no_proven_read() -> None:
    text = RUST_MACROS % 'println!("{}", other.is_enabled_str("k", None, false));'
    assert reads({"a.rs": text}, "a.rs") == [(3, "k", "unproven")]


def test_nesting_within_a_macro_has_its_limit() -> None:
    text = RUST_MACROS % f'println!("{{}}", {"(" * 200}c.is_enabled_str("k", None, false){")" * 200});'
    assert reads({"a.rs": text}, "a.rs") == []
    deep = "m!(" * 150 + '1, c.is_enabled_str("k", None, false)' + ")" * 150
    assert len(reads({"a.rs": RUST_MACROS % f"{deep};"}, "a.rs")) <= 1


RUST_CLIENTS = """use unleash_api_client::client;
struct S { c: Option<client::Client>, m: Option<Menu> }
fn make<C>() -> client::Client<F, C> { todo() }
fn menu<C>() -> Menu<C> { todo() }
impl S { fn f(&self) -> bool {
    %s
} }
"""


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("let c = make::<Http>(); CALL", "proven"),
        ("let c = Arc::new(make::<Http>()); CALL", "proven"),
        ("let c = Arc::new(make()); let d = Arc::clone(&c); let c = d.clone(); CALL", "proven"),
        ("let c = menu::<Http>(); CALL", "unproven"),
        ("let c = Arc::new(menu()); CALL", "unproven"),
        ("let c = Own::new(make()); CALL", "unproven"),
        ("self.c.as_ref().map(|c| CALL).unwrap_or(false)", "proven"),
        ("self.c.as_ref().map_or(false, |c| CALL)", "proven"),
        ("self.m.as_ref().map(|c| CALL).unwrap_or(false)", "unproven"),
        ("self.c.with_menu(|c| CALL)", "unproven"),
        ("self.c.as_ref().map(|x, c| CALL)", "unproven"),
        ("self.c.as_ref().map(|c| c.menu()).map(|c| CALL)", "unproven"),
    ],
)
def test_a_client_is_followed_through_helpers_boxes_and_openers(text: str, proof: str) -> None:
    files = {"a.rs": RUST_CLIENTS % text.replace("CALL", 'c.is_enabled_str("k", None, false)')}
    assert reads(files, "a.rs") == [(6, "k", proof)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Route::get('/')->middleware('feature:k');", [(2, "k", "likely")]),
        ("Route::get('/')->middleware(['auth', 'feature.enabled:k']);", [(2, "k", "likely")]),
        ("Route::get('/')->middleware('auth:k');", []),
        ("Route::get('/')->middleware('feature:');", []),
        ("Route::get('/')->middleware($name);", []),
    ],
)
def test_a_text_with_a_prefix_gates_what_it_is_given_to(text: str, found: list[Row]) -> None:
    assert reads({"a.php": f"<?php\n{text}\n"}, "a.php") == found


PROVEN_BY = {
    "either-way": (
        "a.ts",
        (
            "import { OpenFeature } from '@openfeature/server-sdk';\n"
            "const client = domain ? OpenFeature.getClient(domain) : OpenFeature.getClient();\n"
            "client.getBooleanValue('k', false);\n"
        ),
        [(3, "k", "proven")],
    ),
    "one-way-only": (
        "a.ts",
        (
            "import { OpenFeature } from '@openfeature/server-sdk';\n"
            "const client = domain ? OpenFeature.getClient(domain) : lamps();\n"
            "client.getBooleanValue('k', false);\n"
        ),
        [(3, "k", "likely")],
    ),
    "with": (
        "a.py",
        "from UnleashClient import UnleashClient\nwith UnleashClient('u', 'a') as c:\n    c.is_enabled('k')\n",
        [(3, "k", "proven")],
    ),
    "yielded": (
        "a.py",
        (
            "from openfeature import api\n\ndef asked():\n    yield api.get_client()\n\n"
            "with asked() as c:\n    c.get_boolean_value('k', False)\n"
        ),
        [(7, "k", "proven")],
    ),
    "one-flag-of-all": (
        "a.tsx",
        (
            "import { useFlags } from 'launchdarkly-react-client-sdk';\n"
            "const A = () => { const { zones } = useFlags();\n return zones?.enabled; };\n"
        ),
        [(2, "zones", "proven")],
    ),
}


@pytest.mark.parametrize("case", PROVEN_BY)
def test_what_a_receiver_is_given_tells_what_it_is(case: str) -> None:
    path, text, rows = PROVEN_BY[case]
    assert reads({path: text}, path) == rows


GIVES = {
    "text": ("a.py", 'flags.variation("k", me, "blue") == "blue"', "string"),
    "number": ("a.py", 'flags.variation("k", me, 5)', "number"),
    "truth": ("a.py", 'flags.variation("k", me, False)', "boolean"),
    "unknown": ("a.py", 'flags.variation("k", me, other)', "boolean"),
    "keyword": ("a.py", 'flags.variation("k", me, default="blue")', "string"),
    "table": ("a.py", 'flags.variation("k", me, {})', "object"),
    "later": ("a.ts", 'flags.boolVariation("k", me, false).then(show)', "promise"),
    "awaited": ("a.ts", 'await flags.boolVariation("k", me, false)', "boolean"),
    "given": ("a.ts", 'flags.variation("k", me, false, (error, on) => show(on))', "callback"),
    "short": ("a.ts", 'flags.variation("k", "blue")', "string"),
}
FLAGS_OF = {
    "a.py": "import ldclient\nflags = ldclient.get()\n",
    "a.ts": "import { init } from '@launchdarkly/node-server-sdk';\nconst flags = init('key');\n",
}


@pytest.mark.parametrize("case", GIVES)
def test_the_place_tells_what_kind_of_value_a_call_gives(case: str) -> None:
    path, call, value = GIVES[case]
    found = find_reads(program({path: f"{FLAGS_OF[path]}{call}\n"}), path)
    assert [(read.flag, read.value) for read in found] == [("k", value)]
