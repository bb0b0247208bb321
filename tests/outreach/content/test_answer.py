"""Every answer the content can give: short, whole, without a loose end, and right about old figures."""

from itertools import product

import pytest

from outreach.content.answer import LONGEST, NEAREST, Asked, compose, name_of
from outreach.content.catalogue import Catalogue
from outreach.domain.topics import Certainty, Fact, Standing, Topic
from tests.builders import TODAY, make_fact, make_source, make_topic

ASPECTS = (None, *NEAREST, "what", "rule", "change", "problem", "rights")
YEARS = tuple(range(2010, 2027))


def outdated(topic: Topic) -> list[tuple[Fact, Fact]]:
    """Return (old, now) of each value of a topic that has been replaced."""
    pairs = []
    for series in topic.history().values():
        now = next((fact for fact in series if fact.holds_on(TODAY)), None)
        pairs += [(fact, now) for fact in series if now and not fact.holds_on(TODAY) and fact.value != now.value]
    return pairs


def questions(topic: Topic) -> list[Asked]:
    """Return everything that can be asked of a topic: each aspect, year and figure, and years with figures."""
    figures = sorted({figure for fact in topic.facts for figure in fact.figures}) + [2, 777, 99999]
    asked = [Asked(aspect, words=topic.question) for aspect in ASPECTS]
    asked += [Asked("amount", years=(year,)) for year in YEARS]
    asked += [Asked("amount", figures=(figure,)) for figure in figures]
    asked += [Asked("amount", years=(2014, 2023), figures=(figure,)) for figure in figures[:3]]
    return asked + [Asked(aspect, figures=figures, years=YEARS) for aspect in ("amount", "when")]


def test_whatever_is_asked_the_answer_is_short_whole_and_filled_in(catalogue: Catalogue) -> None:
    wrong = []
    for topic in catalogue.topics.values():
        for asked in questions(topic):
            text = compose(catalogue, topic, asked, TODAY).text
            whole = text and len(text) <= LONGEST and not text.endswith("…")
            if not whole or any(sign in text for sign in ("{", "}", "None", "。。", "起起")):
                wrong.append((topic.id, asked, text))
    assert wrong == []


def test_the_sources_named_are_those_in_the_text(catalogue: Catalogue) -> None:
    for topic, aspect in product(catalogue.topics.values(), ASPECTS):
        answer = compose(catalogue, topic, Asked(aspect), TODAY)
        assert all(name in answer.text for name in answer.sources), topic.id


def test_only_references_are_called_references_and_never_a_basis(catalogue: Catalogue) -> None:
    references = {name_of(source) for source in catalogue.sources.values() if source.standing is Standing.REFERENCE}
    for topic, aspect in product(catalogue.topics.values(), ASPECTS):
        text = compose(catalogue, topic, Asked(aspect), TODAY).text
        basis = text.partition("依据：")[2].partition("。参考")[0].partition("\n")[0]
        assert not [name for name in references if name in basis], topic.id
        if all(source.standing is Standing.REFERENCE for fact in topic.facts for source in fact.sources):
            assert "依据：" not in text, topic.id


def test_every_outdated_figure_is_corrected_before_anything_else(catalogue: Catalogue) -> None:
    missed = []
    for topic in catalogue.topics.values():
        current = {figure for fact in topic.current(TODAY) for figure in fact.figures}
        for old, now in outdated(topic):
            for figure in set(old.figures) - current:
                text = compose(catalogue, topic, Asked("amount", figures=(figure,)), TODAY).text
                first = text.splitlines()[0]
                if str(old.value) not in first and str(figure) not in first or not first.startswith("您说的"):
                    missed.append((topic.id, figure, now.value, first))
    assert missed == []


def test_an_old_year_names_the_old_value_and_the_one_of_today(catalogue: Catalogue) -> None:
    topic = catalogue.topic("college-grant")
    text = compose(catalogue, topic, Asked(years=(2023,)), TODAY).text
    assert text.startswith("2023年是3300元") and "现在是3700元" in text.splitlines()[0]


def test_two_values_of_one_year_say_whose_they_are(catalogue: Catalogue) -> None:
    unclear = []
    for topic, year in product(catalogue.topics.values(), YEARS):
        lines = [line for line in compose(catalogue, topic, Asked(years=(year,)), TODAY).text.split("\n")[0].split("。") if line]
        said = [line for line in lines if line.startswith(f"{year}年是")]
        if len(said) > 1:
            unclear.append((topic.id, year, "。".join(said)))
    assert unclear == []


def test_an_old_figure_is_dated_to_the_day_it_ended_not_to_the_last_change(catalogue: Catalogue) -> None:
    text = compose(catalogue, catalogue.topic("loan-amount"), Asked("amount", figures=(12000,)), TODAY).text
    assert "2023年秋季学期以前" in text.splitlines()[0]


def test_a_year_that_is_not_recorded_is_said_so(catalogue: Catalogue) -> None:
    assert "2010年的标准这里没有记录" in compose(catalogue, catalogue.topic("loan-amount"), Asked(years=(2010,)), TODAY).text


def test_the_current_year_is_not_put_right(catalogue: Catalogue) -> None:
    text = compose(catalogue, catalogue.topic("college-grant"), Asked(years=(2026,)), TODAY).text
    assert not text.startswith("2026年")


def test_an_unknown_figure_is_neither_confirmed_nor_passed_over(catalogue: Catalogue) -> None:
    text = compose(catalogue, catalogue.topic("senior-grant"), Asked("amount", figures=(777,)), TODAY).text
    assert text.startswith("没有查到777元这个说法")


@pytest.mark.parametrize(
    ("certainty", "words"),
    [(Certainty.UNVERIFIED, "没有查到正式文件"), (Certainty.PARTIAL, "还要核实"), (Certainty.VERIFIED, None)],
)
def test_doubt_is_told(catalogue: Catalogue, certainty: Certainty, words: str | None) -> None:
    text = compose(catalogue, make_topic(facts=(make_fact(certainty=certainty),)), Asked(), TODAY).text
    assert (words in text) if words else ("核实" not in text and "没有查到" not in text)


def test_a_reference_is_named_with_its_place_and_the_local_rule_is_pointed_to(catalogue: Catalogue) -> None:
    source = make_source(title="某地通知", standing=Standing.REFERENCE, scope="other", place="外省某县")
    text = compose(catalogue, make_topic(facts=(make_fact(sources=(source,)),)), Asked(), TODAY).text
    assert "参考：某地通知（外省某县" in text and "本地规定以学校或区教委通知为准" in text
    assert "依据" not in text


def test_a_very_long_answer_drops_what_completes_it_before_its_first_fact(catalogue: Catalogue) -> None:
    facts = tuple(
        make_fact(id=aspect, aspect=aspect, text=f"{aspect}：" + "很长的一句话" * 19) for aspect in ("amount", "who", "when")
    )
    answer = compose(catalogue, make_topic(facts=facts), Asked("amount"), TODAY)
    assert len(answer.text) <= LONGEST and facts[0].text in answer.text and facts[2].text not in answer.text


def test_a_topic_that_held_only_in_the_past_still_answers(catalogue: Catalogue) -> None:
    gone = make_fact(holds_until=TODAY.replace(year=2020))
    assert gone.text in compose(catalogue, make_topic(facts=(gone,)), Asked(), TODAY).text
