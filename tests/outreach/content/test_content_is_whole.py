"""The content as it is shipped, and how each fault in it is told."""

from datetime import date
from pathlib import Path

import pytest

from outreach.content.answer import LONGEST, Asked, compose
from outreach.content.catalogue import Catalogue, load
from outreach.content.check import findings, unset
from outreach.domain.errors import ContentError
from outreach.domain.topics import Standing
from outreach.settings import ROOT
from tests.builders import copy_content, edit

TODAY = date(2026, 11, 24)
PHRASES = ROOT / "data" / "nlu"
ASPECTS = (None, "amount", "who", "when", "how", "where", "materials", "check")


def test_the_shipped_content_has_no_fault(catalogue: Catalogue) -> None:
    assert findings(ROOT / "content", PHRASES, TODAY) == []
    assert len(catalogue.topics) == 113


def test_every_answer_fits_one_bubble_and_has_no_open_placeholder(catalogue: Catalogue) -> None:
    for topic in catalogue.topics.values():
        questions = [Asked(aspect) for aspect in ASPECTS] + [Asked(years=(year,)) for year in range(2010, 2027)]
        for asked in questions:
            answer = compose(catalogue, topic, asked, TODAY)
            assert 0 < len(answer.text) <= LONGEST, (topic.id, asked)
            assert "{" not in answer.text and "None" not in answer.text, (topic.id, asked)


def test_a_reference_is_never_called_a_basis(catalogue: Catalogue) -> None:
    for topic in catalogue.topics.values():
        answer = compose(catalogue, topic, Asked(), TODAY)
        sources = [source for fact in answer.facts for source in fact.sources]
        if sources and not any(source.standing is Standing.BASIS for source in sources):
            assert "依据：" not in answer.text, topic.id
            assert "参考：" in answer.text, topic.id


def test_an_old_figure_is_put_right_with_its_date(catalogue: Catalogue) -> None:
    text = compose(catalogue, catalogue.topic("senior-grant"), Asked("amount", (2000,)), TODAY).text
    assert text.splitlines()[0].startswith("您说的2000元") and "2025年春季学期以前" in text and "2300元" in text


def test_an_old_year_is_answered_with_both_values(catalogue: Catalogue) -> None:
    text = compose(catalogue, catalogue.topic("senior-grant"), Asked(years=(2023,)), TODAY).text
    assert text.startswith("2023年是2000元") and "现在是2300元" in text


def test_what_the_office_fills_in_changes_the_answer(tmp_path: Path, catalogue: Catalogue) -> None:
    content = copy_content(tmp_path)
    assert "还没有公布" in compose(catalogue, catalogue.topic("local-hotline"), Asked(), TODAY).text
    edit(content / "office.yml", "  phone: null", '  phone: "示例号码"')
    filled = load(content)
    assert "示例号码" in compose(filled, filled.topic("local-hotline"), Asked(), TODAY).text
    assert filled.topic("local-hotline").version != catalogue.topic("local-hotline").version
    empty, less = ([fault.key for fault in unset(folder)] for folder in (ROOT / "content", content))
    assert "fill_in.phone" in empty and "fill_in.phone" not in less


@pytest.mark.parametrize(
    ("old", "new", "file", "key"),
    [
        ("aspect: amount\nreview_on", "aspect: amount\nunknown: 1\nreview_on", "policies/senior-grant.yml", "unknown"),
        ("sources: [S04]", "sources: [S99]", "policies/senior-grant.yml", "standard.sources"),
        ("review_on: 2027-03-31", "review_on: 2026-01-01", "policies/senior-grant.yml", "review_on"),
        ("until: 2025-02-28", "until: 2025-04-28", "policies/senior-grant.yml", "facts.standard"),
        ("related: [senior-grant-tiers", "related: [no-such-topic", "policies/senior-grant.yml", "related"),
        ("stage: senior", "stage: mars", "policies/senior-grant.yml", "stage"),
        ("when_unset: senior_tiers", "when_unset: nothing_known", "policies/senior-grant.yml", "nothing_known"),
    ],
)
def test_each_fault_names_file_key_and_cure(tmp_path: Path, old: str, new: str, file: str, key: str) -> None:
    content = copy_content(tmp_path)
    edit(content / "policies" / "senior-grant.yml", old, new)
    found = findings(content, PHRASES, TODAY)
    assert any(fault.file == file and key in fault.key and fault.cure for fault in found), found


def test_a_file_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    (content / "policies" / "senior-grant.yml").write_text("id: [\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(content)
    assert "行" in str(caught.value.data["key"])
