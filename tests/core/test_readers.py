"""A house's own functions that ask for the flag they are given, learned from its code."""

from __future__ import annotations

from textwrap import dedent

import pytest

from featureops.core.detect.following import learn_all
from featureops.core.project import Project
from featureops.core.reads import find_reads
from tests.core.sources import program

Row = tuple[int, str | None, str]


def reads(files: dict[str, str], path: str) -> list[Row]:
    """(line, flag, proof) of the reads of a file, when the whole program was learned from."""
    project = learned({name: dedent(text).lstrip("\n") for name, text in files.items()})
    found = find_reads(project, path)
    return [(read.node.file.line_of(read.node.start), read.flag, read.proof) for read in found]


def learned(files: dict[str, str]) -> Project:
    project = program(files)
    while any([learn_all(project, path) for path in files]):  # noqa: C419 each file must be asked
        pass
    return project


CLIENT = """
    from UnleashClient import UnleashClient
    client = UnleashClient("u", "a")
"""
HOUSE_PY = (
    CLIENT
    + """
    def is_on(name, context=None):
        if client is None:
            return False
        return client.is_enabled(name, context)

    def shop_is_on(key):
        return is_on(key)

    def is_off(key="beta"):
        return not is_on(key)

    class Flags:
        def __init__(self, inner: UnleashClient):
            self.inner = inner

        def on(self, key: str) -> bool:
            try:
                return self.inner.is_enabled(key)
            except Exception:
                return False
"""
)


@pytest.mark.parametrize(
    ("asks", "row"),
    [
        ("from flags import is_on\nis_on('new')\n", (2, "new", "proven")),
        ("import flags\nflags.is_on(name='new')\n", (2, "new", "proven")),
        ("from flags import is_on as asks\nasks('new')\n", (2, "new", "proven")),
        ("from flags import shop_is_on\nshop_is_on('new')\n", (2, "new", "proven")),
        ("from flags import is_off\nis_off()\n", (2, "beta", "proven")),
        ("from flags import Flags\ndef f(flags: Flags):\n    flags.on('new')\n", (3, "new", "proven")),
        ("from flags import Flags\nFlags(None).on('new')\n", (2, "new", "proven")),
        ("def f(flags):\n    flags.on('new')\n", (2, "new", "unproven")),
        ("from flags import is_on\nis_on(name_of())\n", (2, None, "proven")),
    ],
)
def test_a_call_of_a_function_that_asks_for_what_it_is_given_is_a_read(asks: str, row: Row) -> None:
    assert reads({"flags.py": HOUSE_PY, "use.py": asks}, "use.py") == [row]


@pytest.mark.parametrize(
    "asks",
    [
        "def is_on(name):\n    return name\nis_on('new')\n",
        "def f(is_on):\n    is_on('new')\n",
        "class Lamp:\n    def on(self, key): ...\nLamp().on('new')\n",
        "class Lamp:\n    def on(self, key): ...\ndef f(lamp: Lamp):\n    lamp.on('new')\n",
        "from elsewhere import is_on\nis_on('new')\n",
    ],
)
def test_a_function_of_the_same_name_is_none(asks: str) -> None:
    assert reads({"flags.py": HOUSE_PY, "use.py": asks}, "use.py") == []


@pytest.mark.parametrize(
    "body",
    [
        "    return client.is_enabled(name) and is_staff()\n",
        "    log(client.is_enabled(name))\n",
        "    if client.is_enabled(name):\n        return load(name)\n    return None\n",
        "    for name in names:\n        return client.is_enabled(name)\n",
        "    return client.is_enabled('fixed')\n",
        "    return [client.is_enabled(name)]\n",
        "    on = client.is_enabled(name)\n    on = staff(on)\n    return on\n",
    ],
)
def test_a_function_that_gives_something_else_is_no_reader(body: str) -> None:
    assert not list(learned({"flags.py": f"{dedent(CLIENT)}\ndef is_on(name, names):\n{body}"}).readers)


@pytest.mark.parametrize(
    "body",
    [
        "    def inner():\n        return client.is_enabled(name)\n    return inner\n",
        "    def inner():\n        if not client.is_enabled(name):\n            raise Missing\n    return inner\n",
        "    return lambda: client.is_enabled(name)\n",
    ],
)
def test_a_function_that_gives_one_that_asks_is_a_reader_but_not_exact(body: str) -> None:
    readers = list(learned({"flags.py": f"{dedent(CLIENT)}\ndef is_on(name, names):\n{body}"}).readers)
    assert [(reader.name, reader.value, reader.is_exact) for reader in readers] == [("is_on", "details", False)]


@pytest.mark.parametrize(
    "body",
    [
        "    def inner():\n        return client.is_enabled(name)\n    later(inner)\n",
        "    def inner():\n        return client.is_enabled(name)\n    return inner or names\n",
        "    def inner(name):\n        log(client.is_enabled(name))\n    return inner\n",
        "    def inner():\n        return client.is_enabled(name)\n    inner = names\n    return inner\n",
    ],
)
def test_a_function_that_keeps_what_asks_to_itself_is_no_reader(body: str) -> None:
    assert not list(learned({"flags.py": f"{dedent(CLIENT)}\ndef is_on(name, names):\n{body}"}).readers)


@pytest.mark.parametrize(
    ("body", "is_exact"),
    [
        ("    return client.is_enabled(name)\n", True),
        ("    if not client:\n        return True\n    return client.is_enabled(name)\n", True),
        ("    return client.is_enabled(name) if client else False\n", True),
        ("    return client is not None and client.is_enabled(name)\n", True),
        ("    answer = bool(client.is_enabled(name))\n    return answer\n", True),
        ("    if name in OVERRIDES:\n        return OVERRIDES[name]\n    return client.is_enabled(name)\n", False),
        ("    return True if DEBUG else client.is_enabled(name)\n", False),
        ("    return True if clients else client.is_enabled(name)\n", False),
        ("    on = False\n    if READY:\n        on = client.is_enabled(name)\n    return on\n", False),
    ],
)
def test_a_fallback_for_a_missing_client_is_no_more_than_the_sdk_does(body: str, is_exact: bool) -> None:
    (reader,) = learned({"flags.py": f"{dedent(CLIENT)}\ndef is_on(name):\n{body}"}).readers
    assert reader.is_exact is is_exact


PART_TS = """
    import { useFlag } from '@unleash/proxy-client-react';
    export const usePart = (key: string, other: boolean) => {
      const { ready } = useStatus();
      const on = useFlag(key);
      if (!ready) return { ready, on: other };
      return { ready, on };
    };
    export const useNested = (key: string) => ({ state: { on: useFlag(key) } });
    export const useListed = (key: string) => [useFlag(key)];
    export const useLoaded = (key: string) => {
      const on = useFlag(key);
      if (on) return { on, items: load(key) };
      return { on, items: all() };
    };
    export const useEntry = (key: string) => ({ on: !useFlag(key) });
"""


@pytest.mark.parametrize(
    ("asks", "values"),
    [
        ("useNested('new').state.on", []),
        ("useListed('new')[0]", []),
        ("useLoaded('new').on", []),
        ("usePart('new', false).on", [("new", "details", False)]),
        ("useEntry('new').on", [("new", "details", False)]),
    ],
)
def test_an_object_with_the_answer_in_it_is_no_answer_to_fold(asks: str, values: list[tuple[str, str, bool]]) -> None:
    name = asks.partition("(")[0]
    text = f"import {{ {name} }} from './part';\nconst A = () => {asks};\n"
    project = learned({"part.ts": dedent(PART_TS), "a.tsx": text})
    assert [(read.flag, read.value, read.is_exact) for read in find_reads(project, "a.tsx")] == values


PROGRAMS = {
    "typescript-hook": (
        {
            "flags.ts": """
                import { useFlag } from '@unleash/proxy-client-react';
                export enum Toggle { Pay = 'new-pay' }
                export const useFeature = (key: Toggle) => useFlag(key);
            """,
            "use.tsx": """
                import { useFeature, Toggle } from './flags';
                export const Pay = () => (useFeature(Toggle.Pay) ? <b /> : null);
            """,
        },
        [(2, "new-pay", "proven")],
    ),
    "typescript-port": (
        {
            "flags.ts": """
                import { Unleash } from 'unleash-client';
                export abstract class Flags { abstract has(key: string): boolean }
                export class UnleashFlags extends Flags {
                  constructor(private readonly unleash: Unleash) { super(); }
                  has(key: string): boolean { return this.unleash.isEnabled(key); }
                }
            """,
            "use.ts": """
                import { Flags } from './flags';
                class Till { constructor(private readonly flags: Flags) {}
                  pay() { return this.flags.has('new-pay'); } }
            """,
        },
        [(3, "new-pay", "proven")],
    ),
    "kotlin": (
        {
            "src/a/Toggle.kt": """
                package a
                enum class Toggle(val id: String, val text: String? = null) { PAY("new-pay"), SHIP("new-ship", "x") }
            """,
            "src/a/Flags.kt": """
                package a
                import io.getunleash.Unleash
                class Flags(private val unleash: Unleash) {
                    fun has(toggle: Toggle): Boolean = unleash.isEnabled(toggle.id)
                }
            """,
            "use.kt": """
                package b
                import a.Flags
                import a.Toggle
                class Till(val flags: Flags) {
                    fun pay() = flags.has(Toggle.PAY)
                    fun ship() = flags.has(toggle = Toggle.SHIP)
                }
            """,
        },
        [(5, "new-pay", "proven"), (6, "new-ship", "proven")],
    ),
    "java": (
        {
            "src/a/Flags.java": """
                package a;
                public interface Flags { boolean has(String key); }
            """,
            "src/a/UnleashFlags.java": """
                package a;
                import io.getunleash.Unleash;
                public class UnleashFlags implements Flags {
                    private final Unleash unleash;
                    UnleashFlags(Unleash unleash) { this.unleash = unleash; }
                    public boolean has(String key) { return unleash.isEnabled(key, false); }
                }
            """,
            "use.java": """
                package b;
                import a.Flags;
                class Till {
                    private final Flags flags;
                    Till(Flags flags) { this.flags = flags; }
                    boolean pay() { return flags.has("new-pay"); }
                    boolean ship() { return this.flags.has("new-ship"); }
                }
            """,
        },
        [(6, "new-pay", "proven"), (7, "new-ship", "proven")],
    ),
    "go": (
        {
            "go.mod": "module example.com/shop\n",
            "flags/flags.go": """
                package flags

                import (
                    "github.com/Unleash/unleash-client-go/v4"
                    ld "github.com/launchdarkly/go-server-sdk/v7"
                )

                const Pay = "new-pay"

                type Client struct{ ld *ld.LDClient }

                func IsOn(name string) bool { return unleash.IsEnabled(name) }

                func (c *Client) On(who string, key string, other bool) bool {
                    value, err := c.ld.BoolVariation(key, who, other)
                    if err != nil {
                        return other
                    }
                    return value
                }
            """,
            "use.go": """
                package main

                import "example.com/shop/flags"

                type till struct{ client *flags.Client }

                func (t *till) pay() bool { return flags.IsOn(flags.Pay) || t.client.On("me", "new-till", false) }
            """,
        },
        [(7, "new-pay", "proven"), (7, "new-till", "proven")],
    ),
    "ruby": (
        {
            "flags.rb": """
                require 'unleash'
                module Features
                  CLIENT = Unleash::Client.new(url: 'u')
                  def self.on?(name, user = nil)
                    CLIENT.is_enabled?(name, user)
                  end
                end
            """,
            "use.rb": """
                require_relative 'flags'
                pay if Features.on?(:new_pay)
            """,
        },
        [(2, "new_pay", "proven")],
    ),
    "php": (
        {
            "composer.json": '{"autoload": {"psr-4": {"App\\\\": "src/"}}}',
            "src/Flags.php": r"""
                <?php
                namespace App;
                use Unleash\Client\Unleash;
                class Flags {
                    public function __construct(private Unleash $unleash) {}
                    public function on(string $key): bool { return $this->unleash->isEnabled($key); }
                }
            """,
            "use.php": r"""
                <?php
                namespace Shop;
                use App\Flags;
                class Till {
                    public function __construct(private Flags $flags) {}
                    function pay() { return $this->flags->on('new-pay'); }
                    function ship(Flags $other) { return $other->on('new-ship'); }
                }
            """,
        },
        [(6, "new-pay", "proven"), (7, "new-ship", "proven")],
    ),
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_readers_are_learned_in_every_language(language: str) -> None:
    files, rows = PROGRAMS[language]
    assert reads(files, next(path for path in files if path.startswith("use."))) == rows


STANDS_GO = """
    package flags

    import (
        "context"
        "errors"

        "github.com/open-feature/go-sdk/openfeature"
        ld "github.com/launchdarkly/go-server-sdk/v7"
    )

    type Asks interface {
        Boolean(ctx context.Context, key string, other bool) bool
    }

    type Says interface {
        Boolean(ctx context.Context, key string, other bool) bool
    }

    var _ Asks = (*openfeature.Client)(nil)

    var _ Says = (*Parrot)(nil)

    func Asked(ctx context.Context, client Asks, key Name) bool {
        if client == nil {
            return false
        }
        answer := client.Boolean(ctx, string(key), false)
        return answer
    }

    func Said(ctx context.Context, parrot Says, key Name) bool { return parrot.Boolean(ctx, string(key), false) }

    type Booleans interface {
        BoolVariation(key string, other bool) (bool, error)
    }

    type Holder struct {
        Client Booleans
        parrot Booleans
        useDatabase bool
    }

    func Open() *Holder {
        client, err := ld.MakeClient("k", 5)
        return &Holder{Client: client, parrot: Parrot{}}
    }

    func (h Holder) BoolVariation(key string, other bool) (bool, error) {
        if h.Client == nil {
            return other, errors.New("no client")
        }
        return h.Client.BoolVariation(key, other)
    }

    func (h Holder) Parrot(key string) (bool, error) { return h.parrot.BoolVariation(key, false) }

    type Shop struct{ sells bool }

    func (s *Shop) Has(key Name, holder *Holder) bool {
        if holder.useDatabase {
            return s.sells
        }
        value, _ := holder.BoolVariation(string(key), false)
        return value
    }
"""


@pytest.mark.parametrize(
    ("asks", "rows"),
    [
        ('flags.Said(ctx, parrot, "new-pay")', []),
        ('holder.Parrot("new-pay")', []),
        ('flags.Asked(ctx, client, "new-pay")', [(6, "new-pay", "proven")]),
        ('shop.Has("new-pay", holder)', [(6, "new-pay", "proven")]),
        ('known.Has("new-pay", holder)', [(6, "new-pay", "proven")]),
    ],
)
def test_a_type_that_stands_for_the_client_is_one(asks: str, rows: list[Row]) -> None:
    use = f"""
        package main

        import "example.com/shop/flags"

        func pay(shop *flags.Shop, holder *flags.Holder) bool {{ known, _ := any(1).(*flags.Shop)
            return {asks} }}
    """
    files = {"go.mod": "module example.com/shop\n", "flags/flags.go": STANDS_GO, "use.go": use}
    assert reads(files, "use.go") == rows
