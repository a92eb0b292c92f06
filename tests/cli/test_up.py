"""`up` and `demo` as a person runs them: ready, healed, stopped, and nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from app.embedded.lifetime import free_port, is_alive
from app.embedded.postgres import Cluster

DEADLINE_S = 120.0


def _wait(process: subprocess.Popen[str], is_so: Callable[[], object], what: str) -> None:
    """Looks again every 50 ms, or at once when the process ends."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not happen within {DEADLINE_S:.0f} s"
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


@contextmanager
def _running(command: str, data: Path, *words: str, file: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process, and what its file says once it is there."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUNTER_")}
    line = [sys.executable, "-P", "-m", "app.cli.main", command, "--no-browser", "--data", str(data), "--port", str(free_port())]
    with subprocess.Popen(
        [*line, *words], env={**env, "PYTHONPATH": str(Path(__file__).parents[2])}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            _wait(process, lambda: (data / file).exists() or process.poll() is not None, "the start")
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield process, _told(data / file)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(30)
            Cluster(data).remove()


def _told(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def test_up_serves_heals_and_stops_clean(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _running("up", data, file="running.json") as (process, _):
        _wait(process, lambda: "app" in _told(data / "running.json")["pids"], "the app")
        told = _told(data / "running.json")
        assert _answers(told["url"])
        assert set(told["pids"]) == {"supervisor", "postgres", "app"}
        assert told["pids"]["supervisor"] == process.pid

        os.kill(told["pids"]["app"], signal.SIGKILL)
        _wait(process, lambda: _told(data / "running.json")["pids"]["app"] != told["pids"]["app"], "the app's return")
        again = _told(data / "running.json")
        assert _answers(again["url"])

        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert not (data / "running.json").exists()
        assert not [pid for pid in {*told["pids"].values(), *again["pids"].values()} if is_alive(pid)]


def test_an_empty_demo_says_how_to_sign_in_and_forgets_it_at_the_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _running("demo", data, "--empty", file="demo.json") as (process, told):
        assert set(told) == {"url", "email", "password", "api_key", "sandbox_url", "pids"}
        assert set(told["pids"]) == {"supervisor", "postgres", "app", "sandbox"}
        assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
        assert _answers(told["url"])
        signed_in = httpx.post(
            f"{told['url']}/api/v1/session",
            json={"email": told["email"], "password": told["password"]},
            headers={"origin": told["url"]},
            trust_env=False,
        )
        assert signed_in.is_success, signed_in.text
        listed = httpx.get(
            f"{told['url']}/api/v1/connections", headers={"authorization": f"Bearer {told['api_key']}"}, trust_env=False
        )
        assert listed.json()["items"] == []
        assert httpx.get(f"{told['sandbox_url']}/_world", trust_env=False).status_code == 200

        process.terminate()
        assert process.wait(30) == 0
        assert not (data / "demo.json").exists()
        assert not [pid for pid in told["pids"].values() if is_alive(pid)]
