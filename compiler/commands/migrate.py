"""`formwork migrate SPEC --env E`: applies what is pending of the databases' migrations, or tells what is."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compiler.assembly import Assembly, Migrator
from compiler.commands.acting import Act, acting, acting_options
from compiler.commands.aws_options import aws_options, connected
from compiler.commands.build import compile_all
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.progressing import quiet_option, show_events
from compiler.commands.reviewing import confirm
from compiler.deploy.errors import ArgumentError, DeployError
from compiler.exits import FINE
from compiler.views.migrations import status_json, status_text

if TYPE_CHECKING:
    from compiler.deploy.door import Aws
    from compiler.deploy.events import Event
    from compiler.deploy.inputs import Outputs


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --status, --database, --again, --yes, the AWS options, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument("--status", action="store_true", help="only tell what is applied and what is pending")
    parser.add_argument("--database", metavar="NAME", help="this database only (default: all)")
    parser.add_argument(
        "--again",
        metavar="VERSION",
        type=int,
        action="append",
        default=[],
        help="run a file again that was begun outside of a transaction and did not end",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    aws_options(parser)
    quiet_option(parser)
    acting_options(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints the state, and brings the databases to the version of the files unless only that was asked."""
    from compiler.deploy import guard

    (assembly,) = compile_all(options.spec, options.env)
    migrators = _chosen(options, assembly)
    with connected(options, assembly) as aws:
        if options.status:
            guard.check_place(assembly, aws)
            _, states = _states(assembly, aws, migrators)
            _show(states, options)
            return FINE
        with acting(options, assembly, aws) as act:
            outputs, states = _states(assembly, aws, migrators)
            if options.format == "text":
                _show(states, options)
            _migrate(options, aws, migrators, states, outputs, act)
    return FINE


def _states(
    assembly: Assembly, aws: Aws, migrators: tuple[Migrator, ...]
) -> tuple[Outputs, Mapping[str, Mapping[str, Any]]]:
    """The outputs of the environment's stacks, and how each database stands."""
    from compiler.deploy import guard

    live = {stack.name: stack for stack in aws.stacks() if guard.belongs(stack, assembly)}
    outputs = {name: stack.outputs for name, stack in live.items()}
    return outputs, {each.component: _status(each, aws, outputs) for each in migrators}


def _show(states: Mapping[str, Mapping[str, Any]], options: argparse.Namespace) -> None:
    print(status_json(states) if options.format == "json" else status_text(states), end="")


def _chosen(options: argparse.Namespace, assembly: Assembly) -> tuple[Migrator, ...]:
    known = {each.component: each for each in assembly.migrators}
    if not known:
        raise ArgumentError(
            f"no database of {options.spec} has migrations", "name their folder: `migrations: db`"
        )
    if options.database and options.database not in known:
        listed = ", ".join(known)
        raise ArgumentError(f"'{options.database}' has no migrations", f"--database takes one of: {listed}")
    if options.again and not options.database and len(known) > 1:
        raise ArgumentError("--again does not say of which database", "add --database NAME")
    return tuple(each for name, each in known.items() if options.database in (None, name))


def _status(migrator: Migrator, aws: Aws, outputs: Outputs) -> Mapping[str, Any]:
    from compiler.deploy import migrations

    name = migrations.function(migrator, outputs)
    if name is None:
        raise DeployError(
            f"the migrator of {migrator.component} is not deployed: stack {migrator.stack} does not have it",
            "run `formwork deploy`, which runs the migrations too",
        )
    report = migrations.status(migrator, aws, name)
    if report["error"] and not report["files"]:
        raise DeployError(
            f"cannot ask {migrator.component}: {migrations.reason(report['error'])}",
            report["error"]["advice"],
        )
    return report


def _migrate(
    options: argparse.Namespace,
    aws: Aws,
    migrators: tuple[Migrator, ...],
    states: Mapping[str, Mapping[str, Any]],
    outputs: Outputs,
    act: Act,
) -> None:
    if not options.yes and (options.again or any(map(_has_work, states.values()))):
        confirm(f"Migrate {', '.join(states)} in {options.env}?", "yes")
    act.begin(options)
    show_events(act.noted(_events(options, aws, migrators, outputs, act)), options)


def _has_work(report: Mapping[str, Any]) -> bool:
    pending = any(entry["state"] == "pending" for entry in report["files"])
    return pending or any(report["users"].values())


def _events(
    options: argparse.Namespace, aws: Aws, migrators: tuple[Migrator, ...], outputs: Outputs, act: Act
) -> Iterator[Event]:
    from compiler.deploy import migrations, schedule

    clock, again = act.clock, tuple(options.again)

    def begin(migrator: Migrator) -> Callable[[], schedule.Flow]:
        return lambda: migrations.run(migrator, aws, clock, outputs, again)

    works = tuple(schedule.Work(each.component, frozenset(), begin(each)) for each in migrators)
    return schedule.run(works, clock, act.lease.check)
