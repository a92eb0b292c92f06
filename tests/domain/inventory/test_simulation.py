"""The policies are played through with the pusher's own arithmetic: exact for a seed, and in the order that theory demands."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from app.cli.main import build
from app.domain.inventory.simulation.advice import advice
from app.domain.inventory.simulation.figures import Cell, interval, one_run, simulate
from app.domain.inventory.simulation.policies import POLICIES
from app.domain.inventory.simulation.world import PATTERNS, World, channels_of
from connectors.registry import manifests

SLOW, NORMAL, FLASH = PATTERNS
CHANNELS = channels_of(manifests().values())


@pytest.fixture(scope="module")
def cells() -> dict[tuple[str, str], Cell]:
    found = simulate(orders=10_000, seed=1, patterns=(NORMAL, FLASH), channels=CHANNELS)
    return {(cell.pattern, cell.policy): cell for cell in found}


@pytest.mark.parametrize("pattern", ["normal", "flash"])
def test_policies_stand_in_the_order_theory_demands(cells: dict[tuple[str, str], Cell], pattern: str) -> None:
    over = {policy: cells[pattern, policy].oversold for policy in POLICIES}
    assert over["fixed split"] == 0
    assert over["fenced + home channel"] * 30 <= over["poll and overwrite"]
    assert over["fenced + home channel"] <= {"normal": 0.1, "flash": 1.0}[pattern]
    assert over["absolute, fenced"] < over["absolute, no fence"] < over["poll and overwrite"]
    assert over["absolute, fenced"] <= over["push everything"] * 1.05
    assert cells[pattern, "absolute, fenced"].pushes < cells[pattern, "push everything"].pushes
    assert cells[pattern, "fenced + home channel"].unsold <= 0.5
    assert cells[pattern, "fenced + home channel"].refused > cells[pattern, "absolute, fenced"].refused


def test_this_seed_came_to_these_oversells(cells: dict[tuple[str, str], Cell]) -> None:
    over = {key: round(cell.oversold * cell.orders / 1000) for key, cell in cells.items()}
    assert {policy: over["flash", policy] for policy in POLICIES} == {
        "poll and overwrite": 2703,
        "delta push": 721,
        "fixed split": 0,
        "push everything": 968,
        "absolute, no fence": 1074,
        "absolute, fenced": 964,
        "fenced + home channel": 2,
    }


def test_a_seed_gives_the_same_figures_again() -> None:
    first, again, other = (
        [one_run("absolute, fenced", FLASH, CHANNELS, f"{seed}/{number}") for number in range(40)] for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_a_sale_is_heard_at_the_poll_after_it_is_told() -> None:
    world = World(NORMAL, CHANNELS, random.Random(1))
    for channel, there in enumerate(world.channels):
        for sold_at in (0.0, 1.0, 500.0, 10_000.0):
            heard = world.known_at(channel, sold_at)
            assert sold_at + there.visible <= heard <= sold_at + there.discovery
            polls = (heard - world._phases[channel]) / there.poll
            assert polls == pytest.approx(round(polls), abs=1e-6)
            assert polls >= 0


def test_units_are_neither_made_nor_lost() -> None:
    for policy in POLICIES:
        for number in range(30):
            run = one_run(policy, SLOW, CHANNELS, str(number))
            assert run.orders - run.oversold + run.unsold == SLOW.units
            assert run.oversold == 0 or run.unsold == 0


@pytest.mark.parametrize(
    ("events", "of", "low", "high"),
    [([0] * 10, [100] * 10, 0.0, 3.689), ([1] + [0] * 9, [100] * 10, 0.0253, 5.572), ([5] + [0] * 9, [100] * 10, 1.623, 11.668)],
)
def test_few_events_have_the_exact_interval(events: list[int], of: list[int], low: float, high: float) -> None:
    """Garwood's limits of a Poisson count."""
    found = interval(events, of)
    assert (found[0] * 1000, found[1] * 1000) == (pytest.approx(low, abs=0.002), pytest.approx(high, abs=0.002))


def test_advice_names_what_a_cancelled_order_must_be_worth() -> None:
    def one(policy: str, oversold: float, refused: float) -> Cell:
        return Cell(policy=policy, pattern="yours", orders=1000, oversold=oversold, oversold_from=0, oversold_to=9, unsold=0.1,
                    refused=refused, pushes=2, lag_p50=None, lag_p99=None)  # fmt: skip

    lines = advice([one("open", 4.0, 0), one("home", 0.0, 200)])
    assert lines[0].startswith("home: 0.00 oversold and 200 buyers refused")
    assert lines[-1] == "Choose home where a cancelled order costs more than 50 refused buyers; otherwise open."


def test_the_command_writes_table_figures_and_picture(tmp_path: Path) -> None:
    figures, picture = tmp_path / "figures.json", tmp_path / "picture.png"
    words = ["simulate", "--orders", "100", "--units", "5", "--rate", "2", "--channels", "ebay,shopify", "--json", str(figures),
             "--plot", str(picture)]  # fmt: skip
    done = CliRunner().invoke(build(words), words)
    assert done.exit_code == 0, done.output
    assert "fenced + home channel" in done.output
    assert "Choose" in done.output
    assert [cell["policy"] for cell in msgspec.json.decode(figures.read_bytes())["cells"]] == list(POLICIES)
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["--units", "5"], ["--channels", "nowhere"]])
def test_a_case_that_makes_no_sense_is_refused(words: list[str]) -> None:
    done = CliRunner().invoke(build(["simulate"]), ["simulate", *words])
    assert "belong together" in str(done.exception) or "known are" in str(done.exception)
