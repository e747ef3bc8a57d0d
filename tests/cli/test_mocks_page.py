"""``docs/mocks.md`` is true: both recipes are run as they stand there, and answer what stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "mocks.md").read_text(encoding="utf-8")
RECIPES = [part for part in PAGE.split("\n## ") if "$ tapehiss serve" in part]
WAIT_S = 60


def steps_of(recipe: str) -> list[tuple[str, str]]:
    """Every command of a recipe with what it says there."""
    blocks = re.findall(r"```console\n(.*?)```", recipe, re.DOTALL)
    steps = [step.partition("\n") for block in blocks for step in re.split(r"^\$ ", block, flags=re.MULTILINE) if step]
    return [(command, said.strip()) for command, _, said in steps]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.partition("\n")[0])
def test_a_recipe_does_what_it_says(recipe, tmp_path):
    """From the command that starts the mock to the last line of the account."""
    (start, _), *steps = steps_of(recipe)
    words = [sys.executable, "-m", "tapehiss.cli", *start.split()[1:], "--port", "0", "--json"]
    words = [str(ROOT / word) if word.startswith("cassettes/") else word for word in words]
    environ = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with subprocess.Popen(words, cwd=tmp_path, env=environ, text=True, stdout=subprocess.PIPE) as mock:
        try:
            place = f"localhost:{json.loads(mock.stdout.readline())['port']}"
            for command, told in steps:
                line = ["bash", "-c", command.replace("localhost:8000", place)]
                done = subprocess.run(
                    line, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=WAIT_S
                )
                assert (done.stdout.replace("\r", "").strip(), command) == (told, command)
        finally:
            mock.terminate()


def test_both_recipes_are_there():
    """Klaviyo's squeeze and Stripe's lost response, each with something to see."""
    assert [recipe.partition("\n")[0] for recipe in RECIPES] == [
        "A Klaviyo rate-limit squeeze",
        "A Stripe lost-response outage",
    ]
    assert all(any(said for _, said in steps_of(recipe)) for recipe in RECIPES)
