"""Which of the numbered choices a message picks: 2, 第二个, 最后一个, 1和3. Knows how people count; knows nothing of topics."""

import re
from typing import List, Optional

_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "两": 2, "头": 1}
_CHOICE = re.compile(
    r"^(?:我?(?:选|要|点|问的是|就|是)?)?(?:第|上面第|选第)?([一二三四五六七八九两头1-9])(?:个|条|项|号|种|样)?(?:吧|嘛|噻|哈|撒|的|那个)?$"
)
_CHOICES = re.compile(
    r"^(?:选|第)?([1-9一二三四五六七八九])(?:个|号)?(?:和|跟|还有|加|、)?(?:第)?([1-9一二三四五六七八九])(?:个|号)?(?:(?:和|跟|还有|加)?(?:第)?([1-9]))?(?:个|号)?$"
)
_LAST = re.compile(r"^(?:我?(?:选|要|点)?)?(?:最后|末尾|最后头|最下面)(?:一|那)?(?:个|条|项)?(?:吧|嘛)?$")


def several(clean: str) -> List[int]:
    """Return the numbers of several choices named at once (5和6, 1、3), else nothing."""
    match = _CHOICES.match(clean)
    if not match:
        return []
    return [int(digit) if digit.isdigit() else _ORDINALS[digit] for digit in match.groups() if digit]


def choice(clean: str) -> Optional[int]:
    """Return the number of a choice that was named alone (2, 第二个, 选二), -1 for the last, else None."""
    if _LAST.match(clean):
        return -1
    match = _CHOICE.match(clean)
    if not match:
        return None
    return int(match.group(1)) if match.group(1).isdigit() else _ORDINALS[match.group(1)]
