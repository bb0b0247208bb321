"""The house rules of docs/adr and the style guide, held as data and checked on the code itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.settings import DOCUMENTED, PREFIX
from outreach.wechat_settings import DOCUMENTED as OF_WECHAT

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("outreach", "channels", "actions", "bot")
MOST_LINES = 300

# unit → the units of ours it may import (itself is always allowed)
MAY_IMPORT = {
    "outreach.domain": (),
    "outreach.content": ("outreach.domain",),
    "outreach.storage": ("outreach.domain",),
    "channels.base": ("outreach.domain",),
    "channels.showing": ("outreach.domain", "channels.base"),
    "channels.registry": (),
    "channels.web": ("outreach.domain", "channels.base"),
    "channels.wechat": ("outreach.domain", "channels.base", "channels.showing"),
    # a stand-in for the platform: it must not lean on the code it is there to try
    "channels.wechat_sandbox": (),
    "outreach.services": ("outreach.domain", "outreach.content", "outreach.storage", "channels.base", "outreach.assistant"),
    "outreach.assistant": ("outreach.domain",),
    "actions": ("outreach.services", "outreach.content", "outreach.domain"),
    "outreach.web": (
        "outreach.services", "outreach.content", "outreach.assistant", "outreach.domain", "outreach.settings", "channels.base", "channels.web",
    ),
    "outreach.jobs": ("outreach.services", "outreach.domain"),
    "outreach.environment": ("outreach.domain",),
    "outreach.settings": ("outreach.environment",),
    "outreach.wechat_settings": ("outreach.environment", "outreach.settings", "channels.wechat"),
    "outreach.configuration": ("outreach.settings", "outreach.wechat_settings"),
    "outreach.model": ("outreach.domain",),
    "outreach.supervisor": ("outreach.model",),
    "bot": (),
}  # fmt: skip
# what only one unit may know
ALONE = {
    "rasa_sdk": ("actions", "outreach.web.action_route"),
    "rasa": ("bot",),
    "alembic": ("outreach.storage",),
    "apscheduler": ("outreach.jobs",),
    "wechatpy": ("channels.wechat",),
    "pydantic": ("outreach.content",),
    "jinja2": ("outreach.web",),
    "redis": ("outreach.services.redis_values", "outreach.bootstrap"),
    "sklearn": ("bot",),
}
# imports inside a function, each with its reason
INSIDE = {
    ("bot.components.component", "bot.components.training"): "a serving process shall not load the training libraries",
    ("outreach.commands.serve", "uvloop"): "optional on platforms without it",
}


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    """Yield (dotted name, path, tree) of every module of ours."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations/versions" in path.as_posix():
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the modules an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, unit: str) -> bool:
    """Tell whether module ``name`` belongs to ``unit``."""
    return name == unit or name.startswith(unit + ".")


def unit_of(name: str) -> str | None:
    """Return the longest unit of MAY_IMPORT that ``name`` belongs to."""
    return max((unit for unit in MAY_IMPORT if within(name, unit)), key=len, default=None)


def test_imports_follow_the_table() -> None:
    wrong = []
    for name, _path, tree in modules():
        unit = unit_of(name)
        for node in ast.walk(tree):
            for target in imported(node):
                ours = target.split(".")[0] in PACKAGES
                if unit and ours and not any(within(target, allowed) for allowed in (unit, *MAY_IMPORT[unit])):
                    wrong.append(f"{name} imports {target}")
                for library, owners in ALONE.items():
                    if within(target, library) and not any(within(name, owner) for owner in owners):
                        wrong.append(f"{name} knows {library}")
    assert not wrong, "\n".join(wrong)


def test_no_import_hides_in_a_function() -> None:
    found = []
    for name, _path, tree in modules():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    for target in imported(node):
                        if not any(name == where and within(target, what) for where, what in INSIDE):
                            found.append(f"{name}.{function.name} imports {target}")
    assert not found, "\n".join(found)


def test_modules_are_short_and_say_what_they_know() -> None:
    wrong = []
    for name, path, tree in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            wrong.append(f"{name}: {lines} lines")
        if tree.body and not ast.get_docstring(tree):
            wrong.append(f"{name}: no docstring")
    assert not wrong, "\n".join(wrong)


def test_public_functions_have_docstrings() -> None:
    missing = []
    for name, _path, tree in modules():
        for node in ast.walk(tree):
            scope = isinstance(node, ast.Module | ast.ClassDef) and not getattr(node, "name", "").startswith("_")
            for child in node.body if scope else ():
                public = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and child.name[0] != "_"
                if public and not ast.get_docstring(child):
                    missing.append(f"{name}.{child.name}")
    assert not missing, "\n".join(missing)


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplemented(?!Error\b))\b")
    found = [name for name, path, _tree in modules() if marks.search(path.read_text(encoding="utf-8"))]
    assert not found


@pytest.mark.parametrize("pattern", ["requirements", "package-lock.json", ".npmrc", "pyproject.toml"])
def test_locks_name_no_download_address(pattern: str) -> None:
    files = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert files
    for name in files:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(
            r'"resolved"|--index-url|--find-links|^-i |https?://(?!opencollective|github|tidelift)', text, re.M
        ), name


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*DOCUMENTED, *OF_WECHAT) if f"`{PREFIX}{name}`" not in readme] == []


def test_every_setting_is_in_the_example_of_the_environment() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert [name for name in (*DOCUMENTED, *OF_WECHAT) if f"#{PREFIX}{name}=" not in example] == []
