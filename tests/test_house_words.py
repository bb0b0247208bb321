"""More rules of the house: full annotations, WeChat's words in one place, no machine in the locks, tests that stay readable."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.test_house import ROOT, modules, within

Function = ast.FunctionDef | ast.AsyncFunctionDef
WECHAT = re.compile(r"openid|unionid|wechat|weixin|wxid|公众号", re.IGNORECASE)
# where everything is put together, the account's settings are read, and the account's content file is checked
MAY_SAY_WECHAT = (
    "channels.wechat", "channels.wechat_sandbox", "outreach.bootstrap", "outreach.serve", "outreach.cli", "outreach.commands",
    "outreach.wechat_settings", "outreach.content.wechat", "outreach.supervisor", "channels.registry",
)  # fmt: skip
MACHINE = re.compile(
    r"(?:^|[\s\"'=@])(?:file:|/(?:root|home|work|Users|tmp|opt)/)|https?://|--(?:extra-)?index-url|--trusted-host", re.M
)


def public_functions(tree: ast.Module) -> Iterator[Function]:
    """Yield the functions of a module and of its public classes that others may call."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        yield from (f for f in inside if isinstance(f, Function) and (not f.name.startswith("_") or f.name == "__init__"))


def test_public_functions_are_fully_annotated() -> None:
    missing = []
    for name, _path, tree in modules():
        for function in public_functions(tree):
            given = function.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
            bare = [a.arg for a in every if a.annotation is None and a.arg not in ("self", "cls")]
            if bare or (function.returns is None and function.name != "__init__"):
                missing.append(f"{name}.{function.name} {bare}")
    assert not missing, "\n".join(missing)


def test_wechat_is_spoken_of_only_in_its_own_channel() -> None:
    found = []
    for name, _path, tree in modules():
        if any(within(name, unit) for unit in MAY_SAY_WECHAT):
            continue
        docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | Function)}
        for node in ast.walk(tree):
            said = node.value if isinstance(node, ast.Constant) else getattr(node, "id", None) or getattr(node, "arg", None)
            if isinstance(said, str) and said not in docs and WECHAT.search(said):
                found.append(f"{name}: {said[:60]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["requirements", "package-lock.json"])
def test_locks_name_no_machine(name: str) -> None:
    files = sorted((ROOT / name).glob("*.txt")) if (ROOT / name).is_dir() else [ROOT / name]
    assert files
    assert [path.name for path in files if MACHINE.search(path.read_text(encoding="utf-8"))] == []


def test_test_modules_are_short_and_their_names_are_sentences() -> None:
    wrong = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        names = [f.name for f in ast.walk(tree) if isinstance(f, Function) and f.name.startswith("test")]
        wrong += [f"{path.name}: {name}" for name in names if name.count("_") < 3]
        if len(text.splitlines()) > 250 or (tree.body and not ast.get_docstring(tree)):
            wrong.append(f"{path.name}: {len(text.splitlines())} lines, or no docstring")
    assert not wrong, "\n".join(wrong)


def test_unfinished_work_is_marked_nowhere() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
    suffixes = {".py", ".yml", ".js", ".css", ".html", ".md", ".sh", ".toml"}
    folders = ("actions", "bot", "channels", "content", "data", "deploy", "docs", "outreach", "tests", "tools")
    paths = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.suffix in suffixes and p.name != "test_house.py"]
    assert [str(p.relative_to(ROOT)) for p in paths if marks.search(p.read_text(encoding="utf-8"))] == []
