"""The public `reserve` against Medusa's inventory module with its lock in PostgreSQL: one server, one run, 16 callers.

The packages are installed once into a folder beside the system's temporary files; nothing of them is part of this project."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import asyncpg

from tests.bench import reserve
from tests.bench.place import Line, Place

FOLDER = Path(tempfile.gettempdir()) / "onecounter-medusa"
PACKAGES = ("@medusajs/framework@2.21.2", "@medusajs/inventory@2.21.2", "pg@8")
SCRIPT = Path(__file__).with_suffix(".mjs")
SECONDS, CALLERS, OURS = 8, 16, 6_000
FLOORS = {1: 10.0, 200: 5.0}
"""By the number of SKUs."""


async def run(place: Place, say: Callable[[str], None]) -> list[Line]:
    """Without npm, or where its packages cannot be had, there is nobody to race."""
    if not await _installed(say):
        return []
    say("Medusa reserves")
    name = "bench_medusa"
    conn = await asyncpg.connect(place.admin_url)
    await conn.execute(f"drop database if exists {name} with (force)")
    await conn.execute(f"create database {name}")
    try:
        url = f"{place.admin_url.rpartition('/')[0]}/{name}"
        theirs = await _theirs(url)
    finally:
        await conn.execute(f"drop database if exists {name} with (force)")
        await conn.close()
    say("we reserve")
    variants = await reserve.prepare(place, max(FLOORS))
    lines = []
    for skus, floor in FLOORS.items():
        await reserve.ours(place, variants, skus=skus, callers=CALLERS, total=1_500)
        await reserve.analyze(place)
        mine = await reserve.ours(place, variants, skus=skus, callers=CALLERS, total=OURS)
        ratio = mine / theirs[skus]
        title = f"reserve against Medusa with its lock, {skus} SKU{'s' if skus > 1 else ''}"
        lines.append(Line(title, mine, theirs[skus], "reservations/s", ratio, f">= {floor:g} x", ratio >= floor))
    return lines


async def _installed(say: Callable[[str], None]) -> bool:
    if shutil.which("npm") is None:
        say("no npm: Medusa is left out")
        return False
    if (FOLDER / "node_modules" / "@medusajs" / "inventory").exists():
        return True
    say("installing Medusa's packages")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true}')
    npm = await asyncio.create_subprocess_exec(
        "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES, cwd=FOLDER, stdout=asyncio.subprocess.DEVNULL
    )
    if await npm.wait():
        say("npm could not install Medusa's packages: it is left out")
        return False
    return True


async def _theirs(url: str) -> dict[int, float]:
    """Reservations a second by the number of SKUs. A lost update would make the race unfair to us: it is refused."""
    node = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), url, str(SECONDS), str(CALLERS), *map(str, FLOORS), cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, problems = await node.communicate()
    found = {}
    for line in out.decode().splitlines():
        if line.startswith('{"size"'):
            one = json.loads(line)
            if one["reserved"] != one["counted"]:
                raise RuntimeError(f"Medusa counted {one['counted']} of {one['reserved']}: its lock does not hold here")
            found[one["size"]] = one["a_second"]
    if node.returncode or set(found) != set(FLOORS):
        raise RuntimeError(f"Medusa did not run: {problems.decode()[-800:]}")
    return found
