"""The README cannot lie: every code, setting and template of ours stands in it, and the decision it names is there."""

import re
from pathlib import Path

from channels.wechat import account, codes
from outreach.content.catalogue import Catalogue
from outreach.environment import PREFIX
from outreach.settings import ROOT
from outreach.wechat_settings import DOCUMENTED

FOLDER = Path(account.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def spoken(code: int) -> bool:
    """Tell whether a code stands in the README, by itself or inside a range."""
    ranges = [(int(first), int(last)) for first, last in re.findall(r"(\d{5})–(\d{5})", README)]
    return bool(re.search(rf"(?<!\d){code}(?!\d)", README)) or any(first <= code <= last for first, last in ranges)


def test_every_code_of_the_table_is_explained() -> None:
    assert [code for code in codes.RULES if not spoken(code)] == []


def test_every_setting_of_the_channel_has_its_place_in_the_steps() -> None:
    assert [name for name in DOCUMENTED if PREFIX + name not in README] == []


def test_every_template_stands_with_its_fields_types_and_examples(catalogue: Catalogue) -> None:
    for purpose, template in catalogue.account.templates.items():
        (row,) = [line for line in README.splitlines() if line.startswith("|") and f"`{purpose}`" in line]
        assert template.title in row
        for field in template.fields:
            assert f"{field.label}（{field.type}：{field.example}）" in row, (purpose, field.name)


def test_every_module_of_the_channel_is_named() -> None:
    assert [path.name for path in FOLDER.glob("*.py") if path.name != "__init__.py" and f"`{path.name}`" not in README] == []


def test_the_decision_it_leans_on_is_there() -> None:
    assert all((ROOT / path).exists() for path in re.findall(r"`(docs/adr/[^`]+)`", README))
