"""The policy pages and the chat page as a family's browser gets them, and the search and the views behind them."""

from collections.abc import AsyncIterator
from datetime import date
from typing import get_args

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from outreach.content.catalogue import Catalogue
from outreach.content.schema import STAGES, Aspect, Benefit
from outreach.domain.errors import NotFound
from outreach.domain.topics import Certainty, Fact, Source, Standing, Topic
from outreach.web.public_pages import chat, listing, policies
from outreach.web.public_pages.policy_view import view
from outreach.web.public_pages.search import search
from outreach.web.templating import environment, render
from tests.builders import FixedClock

TODAY = date(2026, 11, 24)


@pytest.fixture
async def client(catalogue: Catalogue, clock: FixedClock) -> AsyncIterator[TestClient]:
    app = web.Application()
    app.add_routes([*chat.routes(catalogue), *policies.routes(catalogue, clock)])
    async with TestClient(TestServer(app)) as opened:
        yield opened


def found(catalogue: Catalogue, query: str) -> list[str]:
    return [hit.topic.id for hit in search(catalogue.topics.values(), query, catalogue.lexicon)]


def source(number: int, *, standing: Standing = Standing.BASIS) -> Source:
    place = "外省某县" if standing is Standing.REFERENCE else None
    return Source(f"S{number:02}", f"文件{number}", None, "2024", "某部门", "A", standing, "national", place)


def fact(name: str, **values: object) -> Fact:
    return Fact(**{"id": name, "aspect": "amount", "text": f"{name}的规定", "certainty": Certainty.VERIFIED, **values})  # type: ignore[arg-type]


def topic(*facts: Fact) -> Topic:
    return Topic("some", "某项资助", "某项", "某项多少钱", "senior", "grant", "amount", "v", facts, related=("gone",))


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("高中助学金", "senior-grant"),
        ("技校要交学费吗", "voc-tuition-free"),
        ("卡丢了", "payout-card-problem"),
        ("孤儿", "orphan-factual-orphan"),
        ("爸妈离婚", "single-parent-family"),
        ("贷款利息", "loan-interest-burden"),
        ("路费", "freshman-travel"),
        ("lpr", "loan-rate"),
        ("三个１００％", "three-100-percent"),
    ],
)
def test_search_puts_what_a_family_means_first(catalogue: Catalogue, query: str, best: str) -> None:
    assert found(catalogue, query)[0] == best


@pytest.mark.parametrize("query", ["", "  ", "？？？", "怎么办", "多少钱", "qwxz", "😀"])
def test_search_finds_nothing_for_nothing(catalogue: Catalogue, query: str) -> None:
    assert found(catalogue, query) == []


def test_search_finds_every_topic_by_its_title(catalogue: Catalogue) -> None:
    missed = [name for name, one in catalogue.topics.items() if name not in found(catalogue, one.title)[:3]]
    assert missed == []


def test_search_shows_the_fact_that_fits(catalogue: Catalogue) -> None:
    best = search([catalogue.topics["loan-rate"]], "LPR 70个基点")[0]
    assert "LPR" in best.fact.text


def test_sections_hold_every_topic_once(catalogue: Catalogue) -> None:
    shown = [
        one.id for section in listing.sections(catalogue.topics.values()) for group in section.groups for one in group.topics
    ]
    assert sorted(shown) == sorted(catalogue.topics)


def test_orders_name_all_of_the_schema() -> None:
    assert sorted(listing.STAGES) == sorted(STAGES)
    assert sorted(listing.BENEFITS) == sorted(get_args(Benefit))


def test_labels_name_all_of_the_schema(catalogue: Catalogue) -> None:
    labels = environment().get_template("labels.html").module
    assert set(labels.stages) == set(labels.stage_hints) == set(STAGES)
    assert set(labels.benefits) == set(get_args(Benefit))
    assert set(labels.aspects) == set(get_args(Aspect))
    assert labels.certainties == catalogue.replies["certainty"]
    assert {name for one in catalogue.topics.values() for name in one.history()} <= set(labels.series)


def test_view_numbers_bases_before_references() -> None:
    basis, reference = source(2), source(1, standing=Standing.REFERENCE)
    shown = view(topic(fact("a", sources=(reference,)), fact("b", sources=(basis, reference))), {}, TODAY)
    assert [(number, one.id) for number, one in shown.bases] == [(1, "S02")]
    assert [(number, one.id) for number, one in shown.references] == [(2, "S01")]
    assert (shown.lead.notes, shown.groups[0].lines[0].notes) == ((2,), (1, 2))
    assert shown.related == ()


def test_view_tells_now_from_past_and_coming() -> None:
    old = fact("old", holds_until=date(2025, 2, 28), series="standard", value="2000元")
    new = fact("new", holds_from=date(2025, 3, 1), from_label="2025年春季学期", series="standard", value="2300元")
    gone = fact("gone", holds_until=date(2020, 1, 1))
    soon = fact("soon", holds_from=date(2027, 9, 1))
    shown = view(topic(new, old, gone, soon), {}, TODAY)
    assert shown.lead.fact is new
    assert [(p.line.fact.id, p.since, p.until, p.now) for p in shown.history["standard"]] == [
        ("new", "2025年春季学期", None, True),
        ("old", None, "2025年春季学期", False),
    ]
    assert [line.fact.id for line in shown.past] == ["gone"]
    assert [line.fact.id for line in shown.coming] == ["soon"]


def test_view_on_the_day_a_value_changes() -> None:
    old = fact("old", holds_until=date(2025, 2, 28), series="standard", value="2000元")
    new = fact("new", holds_from=date(2025, 3, 1), series="standard", value="2300元")
    assert view(topic(new, old), {}, date(2025, 2, 28)).lead.fact is old
    assert view(topic(new, old), {}, date(2025, 3, 1)).lead.fact is new


async def test_every_policy_page_shows_all_its_facts_and_sources(client: TestClient, catalogue: Catalogue) -> None:
    for one in catalogue.topics.values():
        response = await client.get(f"/policies/{one.id}")
        page = await response.text()
        assert response.status == 200
        for each in one.facts:
            told = each.text in page or (each.value and each.value in page)
            assert told, (one.id, each.id)
            assert all(document.title in page for document in each.sources), (one.id, each.id)
        assert "/?q=" in page


async def test_policy_page_separates_basis_from_reference(client: TestClient) -> None:
    page = await (await client.get("/policies/loan-amount")).text()
    assert page.index("依据（正式文件）") < page.index("参考（别处的做法或报道")
    assert "部分已核实" in page
    assert "2023年秋季学期起，2024年秋季学期以前" in page


async def test_unknown_topic_is_not_found(catalogue: Catalogue, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        catalogue.topic("no-such-topic")
    app = web.Application()
    app.add_routes(policies.routes(catalogue, clock))
    raised: list[BaseException] = []

    @web.middleware
    async def watch(request: web.Request, handler: object) -> web.StreamResponse:
        try:
            return await handler(request)  # type: ignore[operator, no-any-return]
        except NotFound as error:
            raised.append(error)
            return render("error.html", status=404)

    app.middlewares.append(watch)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/policies/no-such-topic")
        assert response.status == 404
        assert "没有这个页面" in await response.text()
    assert len(raised) == 1


async def test_list_takes_a_stage_and_ignores_an_unknown_one(client: TestClient) -> None:
    college = await (await client.get("/policies?stage=college")).text()
    assert "/policies/loan-amount" in college
    assert "/policies/senior-grant" not in college
    assert "/policies/senior-grant" in await (await client.get("/policies?stage=nowhere")).text()


async def test_search_page_escapes_and_helps_when_nothing_fits(client: TestClient) -> None:
    page = await (await client.get("/policies", params={"q": "<script>qwxz&"})).text()
    assert "<script>qwxz" not in page
    assert "没有找到“&lt;script&gt;qwxz&amp;”" in page
    assert "/?q=%3Cscript%3Eqwxz%26" in page


async def test_search_stays_within_the_stage(client: TestClient) -> None:
    page = await (await client.get("/policies", params={"q": "助学金", "stage": "vocational"})).text()
    assert "/policies/voc-grant" in page
    assert "/policies/senior-grant" not in page


async def test_chat_page_fills_in_the_question_as_text(client: TestClient) -> None:
    page = await (await client.get("/", params={"q": "</textarea><b>高中"})).text()
    assert "&lt;/textarea&gt;&lt;b&gt;高中</textarea>" in page
    assert "<b>高中" not in page


async def test_chat_page_cuts_a_question_that_is_too_long(client: TestClient) -> None:
    page = await (await client.get("/", params={"q": "a" * 1500})).text()
    assert ">" + "a" * 1000 + "</textarea>" in page


@pytest.mark.parametrize("path", ["/", "/?q=学费", "/policies", "/policies?q=学费", "/policies/senior-grant"])
async def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    page = await (await client.get(path)).text()
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(("status", "words"), [(404, "没有这个页面"), (500, "出了点问题"), (429, "出了点问题")])
async def test_error_page_needs_no_more_than_a_status(status: int, words: str) -> None:
    response = render("error.html", status=status)
    assert response.status == status
    assert words in (response.text or "")
    assert f"错误代码：{status}" in (response.text or "")
