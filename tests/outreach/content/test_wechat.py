"""The account's content file: strict, its acts lead somewhere, and its templates agree with what the channel can send."""

from pathlib import Path

import pytest

from channels.wechat import fields, menu
from outreach.content.catalogue import Catalogue
from outreach.content.check import findings, unset
from outreach.wechat_settings import SANDBOX_TEMPLATES
from tests.builders import PHRASES, TODAY, copy_content, edit

FILE = "wechat.yml"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("title: 问政策", "title: 问资助政策", "menu.0.title"),
        ("title: 能领哪些资助", "title: 孩子能领哪些资助呀", "menu.0.below.0.title"),
        ('act: "function:eligibility"', 'act: "function:lottery"', "menu.0.below.0.act"),
        ('act: "topic:where-to-apply"', 'act: "topic:nowhere"', "menu.0.below.1.act"),
        ('act: "topic:where-to-apply"', 'act: "shell:ls"', "menu.0.below.1.act"),
        ("path: /policies", "path: //elsewhere.cn", "menu.0.below.3.path"),
        ("path: /policies", 'path: /policies, act: "function:help"', "menu.0.below.3"),
        ("  notice:\n    kind: template", "  notice:\n    kind: letter", "templates.notice.kind"),
        ("keyword: thing1, type: thing", "keyword: thing1, type: phrase", "templates.notice.fields.0"),
        ("keyword: thing2, type", "keyword: thing1, type", "templates.notice"),
        ("    id: null", "    id: short", "templates.notice.id"),
        ("    when: 有一份", "    whenever: 有一份", "templates.notice"),
    ],
)
def test_a_fault_is_told_with_its_key_and_a_cure(tmp_path: Path, old: str, new: str, key: str) -> None:
    content = copy_content(tmp_path)
    edit(content / FILE, old, new)
    found = [fault for fault in findings(content, PHRASES, TODAY) if fault.file == FILE]
    assert found and key in found[0].key and found[0].cure


def test_a_template_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    for _ in range(2):
        edit(content / FILE, "    id: null", "    id: " + "x" * 43)
    assert [fault.key for fault in findings(content, PHRASES, TODAY)] == ["templates.notice.id"]


def test_the_production_check_asks_for_each_template_in_one_of_its_kinds(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    asked = [fault.key for fault in unset(content) if fault.file == FILE]
    assert asked == ["templates.notice.id", "templates.reminder.id", "templates.result.id"]
    text = (content / FILE).read_text(encoding="utf-8")
    head, twin = text.split("  notice_opt_in:")
    (content / FILE).write_text(head + "  notice_opt_in:" + twin.replace("id: null", "id: " + "x" * 43, 1), encoding="utf-8")
    assert [fault.key for fault in unset(content) if fault.file == FILE] == ["templates.reminder.id", "templates.result.id"]


def test_the_menu_is_one_that_the_platform_takes(catalogue: Catalogue) -> None:
    made = menu.payload(catalogue.account.entries(), "https://aid.example.cn")
    assert [button["name"] for button in made["button"]] == ["问政策", "我的告知", "防骗"]


def test_every_example_fits_its_field(catalogue: Catalogue) -> None:
    for purpose, template in catalogue.account.templates.items():
        for field in template.fields:
            assert fields.known(field.keyword), (purpose, field.keyword)
            assert fields.bounded(field.keyword, field.example) == field.example, (purpose, field.keyword)


def test_every_template_has_its_stand_in_on_the_sandbox(catalogue: Catalogue) -> None:
    assert set(catalogue.account.templates) == set(SANDBOX_TEMPLATES)
