"""Flags as objects: the key is what a function of the house puts into what it gives."""

from __future__ import annotations

import pytest

from tests.core.test_readers import reads

FLAGS_GO = """
    package flags

    import (
        "context"

        ld "github.com/launchdarkly/go-server-sdk/v7"
    )

    type Switch struct {
        name     string
        fallback bool
    }

    func (s Switch) Key() string { return s.name }

    func (s Switch) Fallback() bool { return s.fallback }

    func NewSwitch(name string, fallback bool) Switch {
        made := Switch{name: name, fallback: fallback}
        remember(made.name)
        return made
    }

    func Renamed(name string) Switch {
        made := Switch{name: name}
        made.name = "x-" + name
        return made
    }

    var Pay = NewSwitch("new-pay", false)

    var Other = Renamed("new-other")

    var Plain = Switch{name: "new-plain"}

    type Client struct{ ld *ld.LDClient }

    func (c *Client) Field(ctx context.Context, flag Switch) bool {
        value, err := c.ld.BoolVariationCtx(ctx, flag.name, nil, flag.fallback)
        if err != nil {
            return flag.fallback
        }
        return value
    }

    func (c *Client) Method(ctx context.Context, flag Switch) bool {
        return ask(ctx, c.ld, c.ld.BoolVariationCtx, flag)
    }

    func ask[T any](
        ctx context.Context,
        client *ld.LDClient,
        asks func(ctx context.Context, key string, other T) (T, error),
        flag typed[T],
    ) T {
        if client == nil {
            return flag.Fallback()
        }
        value, err := asks(ctx, flag.Key(), nil, flag.Fallback())
        if err != nil {
            remember(err)
        }
        return value
    }
"""
USE_GO = """
    package main

    import "example.com/shop/shared/flags"

    func pay(client *flags.Client) bool {{ return {asks} }}
"""
MANIFESTS = {"shared/go.mod": "module example.com/shop/shared\n", "till/go.mod": "module example.com/shop/till\n"}


def asked(asks: str) -> list[tuple[int, str | None, str]]:
    files = {**MANIFESTS, "shared/flags/flags.go": FLAGS_GO, "till/use.go": USE_GO.format(asks=asks)}
    return reads(files, "till/use.go")


@pytest.mark.parametrize(
    ("asks", "flag"),
    [
        ("client.Field(ctx, flags.Other)", None),
        ("client.Method(ctx, flags.Other)", None),
        ("client.Field(ctx, unknown())", None),
        ("client.Field(ctx, flags.Pay)", "new-pay"),
        ("client.Method(ctx, flags.Pay)", "new-pay"),
        ("client.Field(ctx, flags.Plain)", "new-plain"),
        ("client.Method(ctx, flags.Plain)", "new-plain"),
    ],
)
def test_a_flag_object_is_asked_by_the_key_that_it_was_made_with(asks: str, flag: str | None) -> None:
    assert asked(asks) == [(5, flag, "proven")]


@pytest.mark.parametrize("asks", ["flags.Log(ctx, client.Method, flags.Pay)", "client.Method", "flags.Pay.Key()"])
def test_what_only_hands_something_over_asks_for_nothing(asks: str) -> None:
    assert asked(asks) == []
