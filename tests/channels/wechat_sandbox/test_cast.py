"""The demo district's people: ids are unique, everybody has what the phones and the demo data need."""

import re
from pathlib import Path
from typing import Any

import yaml

from channels.wechat_sandbox.followers import Followers, read_cast

PATH = Path(__file__).resolve().parents[3] / "content" / "cast.yml"
CAST: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
GUARDIANS = [guardian for family in CAST["families"] for guardian in family["guardians"]]
STUDENTS = [student for family in CAST["families"] for student in family["students"]]
EVERYBODY = [*GUARDIANS, *STUDENTS, *CAST["others"], *CAST["staff"]]


def test_ids_followers_numbers_and_names_are_unique() -> None:
    for values in (
        [person["id"] for person in EVERYBODY] + [family["id"] for family in CAST["families"]],
        [person["follower"] for person in EVERYBODY if "follower" in person],
        [student["number"] for student in STUDENTS],
        [person["name"] for person in EVERYBODY],
    ):
        assert len(values) == len(set(values))


def test_the_families_are_as_different_as_those_of_a_district() -> None:
    assert len(CAST["families"]) >= 8 and len(GUARDIANS) >= 12 and len(CAST["staff"]) == 2
    assert {guardian["kind"] for guardian in GUARDIANS} == {"mother", "father", "grandmother", "aunt"}
    assert any(len(family["guardians"]) > 1 for family in CAST["families"])
    assert any(len(family["guardians"]) == 1 and len(family["students"]) == 2 for family in CAST["families"])


def test_numbers_and_schools_are_plainly_invented() -> None:
    assert all(re.fullmatch(r"DEMO\d{8}", student["number"]) and student["school"].startswith("示例") for student in STUDENTS)


def test_openids_are_stable_and_depend_on_the_seed() -> None:
    people = list(read_cast(PATH))
    one, same, other = (Followers(seed, "wx1") for seed in (7, 7, 8))
    openids = {one.openid_of(key) for key, _name, _note in people}
    assert len(openids) == len(people) == 15
    assert all(re.fullmatch(r"o[\w-]{27}", openid) for openid in openids)
    assert all(one.openid_of(key) == same.openid_of(key) != other.openid_of(key) for key, _name, _note in people)
