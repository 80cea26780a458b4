"""The docs can't lie: every command they show exists, every file they name is there."""

import re
import shlex

import click
import pytest

from appliance.cli import tallybox
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def shown_commands():
    for page in PAGES:
        for block in re.findall(r"```(?:sh|console|bash)?\n(.*?)```", page.read_text(), re.S):
            for line in block.splitlines():
                if match := re.match(r"\s*\$?\s*(tallybox .*)", line):
                    yield pytest.param(match[1], id=f"{page.name}: {match[1][:50]}")


@pytest.mark.parametrize("text", list(shown_commands()))
def test_a_command_in_the_docs_exists_with_its_options(text):
    words = shlex.split(text.split(" > ")[0].split(" #")[0], comments=True)[1:]
    command, context = tallybox, click.Context(tallybox)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, text
        command, context = found, click.Context(found)
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {
        "--help",
        "--version",
    }
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_in_the_docs_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if not re.match(r"https?:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_script_named_in_the_docs_is_there(page):
    for name in re.findall(r"\./(scripts/[\w-]+|\.ci/run)", page.read_text()):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m (scripts[\w.]+)", page.read_text()):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or path.is_dir(), module
