"""How faults across the files are told: with file, key and a cure in Chinese, never as a trace."""

import re
import shutil
from pathlib import Path

import pytest

from outreach.content.check import Finding, findings
from tests.builders import PHRASES, TODAY, copy_content, edit

GRANT = "policies/senior-grant.yml"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Return a copy of the content to be broken."""
    return copy_content(tmp_path)


@pytest.fixture
def phrases(tmp_path: Path) -> Path:
    """Return a copy of the phrases to be broken."""
    return Path(shutil.copytree(PHRASES, tmp_path / "nlu"))


def told(found: list[Finding], file: str, key: str) -> bool:
    """Tell whether one of the faults names the file and the key, with a cure in Chinese."""
    return any(f.file == file and key in f.key and re.search("[一-鿿]", f.cure) for f in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        (GRANT, "text: ", "text: '{hotlin}' #", "standard.text"),
        (GRANT, "id: senior-grant", "id: another", "id"),
        (GRANT, "- id: who", "- id: standard", "facts.standard"),
        (GRANT, "review_on: 2027-03-31", "review_on: 下个月", "review_on"),
        (GRANT, "stage: senior", "", "stage"),
        (GRANT, "benefit: grant", "benefit: [grant]", "benefit"),
        (GRANT, "certainty: verified\n    sources: [S04]", "certainty: verified\n    sources: []", "facts"),
        ("sources.yml", "standing: basis", "standing: reference", "S01"),
        ("families.yml", "senior: senior-grant", "senior: no-such-topic", "grant.senior"),
        ("families.yml", "  preschool: preschool-aid", "  nursery: preschool-aid", "grant.nursery"),
        ("eligibility.yml", "topic: preschool-free-year", "topic: no-such-topic", "preschool-free-year"),
        ("eligibility.yml", "any_situation: [poverty,", "any_situation: [lottery,", "any_situation"),
        ("eligibility.yml", "- id: preschool-aid\n", "- id: preschool-free-year\n", "preschool-free-year"),
        ("eligibility.yml", "  likelihood: everyone\n", "  likelihood: maybe\n", "likelihood"),
        ("office.yml", "phone: null", "fone: null", ""),
        ("office.yml", "hotline:", "hot_line:", "hotline"),
        ("calibration.yml", "answer: ", "answer_: ", "answer"),
        ("replies.yml", "{hotline}", "{hotlin}", ""),
        ("replies.yml", "  too_fast:", "  too_slow:", "input.too_fast"),
    ],
)  # fmt: skip
def test_a_fault_names_file_key_and_a_cure_in_chinese(content: Path, file: str, old: str, new: str, key: str) -> None:
    edit(content / file, old, new)
    found = findings(content, PHRASES, TODAY)
    # a name that only the office's file lost is told where it is used
    assert told(found, file, key) or (file == "office.yml" and any(re.search("[一-鿿]", f.cure) for f in found)), found


def test_a_switch_without_its_counterpart_is_told(content: Path) -> None:
    path = next(p for p in sorted((content / "policies").glob("*.yml")) if "when_unset: phone" in p.read_text(encoding="utf-8"))
    edit(path, "when_unset: phone", "local: false")
    assert told(findings(content, PHRASES, TODAY), f"policies/{path.name}", "phone")


def test_a_topic_without_phrases_is_told(content: Path, phrases: Path) -> None:
    (phrases / "senior-grant.yml").unlink()
    assert told(findings(content, phrases, TODAY), "data/nlu/senior-grant.yml", "senior-grant")


def test_phrases_without_a_topic_are_told(content: Path, phrases: Path) -> None:
    edit(phrases / "senior-grant.yml", "topic: senior-grant", "topic: no-such-topic")
    found = findings(content, phrases, TODAY)
    assert told(found, "data/nlu/senior-grant.yml", "metadata.topic") and told(found, "data/nlu/senior-grant.yml", "senior-grant")


def test_a_phrase_that_stands_twice_is_told_with_both_files(content: Path, phrases: Path) -> None:
    text = (phrases / "senior-grant.yml").read_text(encoding="utf-8")
    phrase = next(line.strip().removeprefix("- ") for line in text.splitlines() if line.startswith("      - "))
    with (phrases / "voc-grant.yml").open("a", encoding="utf-8") as file:
        file.write(f"      - {phrase}\n")
    found = findings(content, phrases, TODAY)
    assert any(f.file == "data/nlu/voc-grant.yml" and f.key == phrase and "senior-grant.yml" in f.cure for f in found)


@pytest.mark.parametrize("broken", ["nlu: [\n", "nlu:\n  - intent: policy\n", ""])
def test_a_broken_file_of_phrases_is_told_like_any_other(content: Path, phrases: Path, broken: str) -> None:
    (phrases / "senior-grant.yml").write_text(broken, encoding="utf-8")
    assert any(f.file == "data/nlu/senior-grant.yml" and f.cure for f in findings(content, phrases, TODAY))


@pytest.mark.parametrize("name", ["policies/senior-grant.yml", "replies.yml", "lexicon.yml", "families.yml", "eligibility.yml"])
def test_a_file_of_the_wrong_shape_is_told_in_chinese_and_nothing_breaks(content: Path, name: str) -> None:
    for broken in ("a: [\n", "", "just words\n"):
        (content / name).write_text(broken, encoding="utf-8")
        found = findings(content, PHRASES, TODAY)
        assert [fault for fault in found if name.endswith(fault.file) and re.search("[一-鿿]", fault.cure)], (broken, found)


@pytest.mark.parametrize("name", ["office.yml", "sources.yml", "replies.yml", "families.yml", "eligibility.yml", "lexicon.yml"])
def test_a_missing_file_is_told(content: Path, name: str) -> None:
    (content / name).unlink()
    assert told(findings(content, PHRASES, TODAY), name, "")
