"""What a person may send, and what Rasa is given of it. Pure."""

import re
import unicodedata

from outreach.domain.errors import Invalid

# A long story fits; a pasted document does not.
LONGEST_MESSAGE = 1000
# with the few characters by which a channel marks where the name comes from
LONGEST_SENDER = 128 + 16
_UNSEEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_COMMAND = re.compile(r"^[\s/／⁄∕]+")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_WORDS = re.compile(r"[^\W_]")


def taken(text: str) -> str:
    """Return ``text`` without unseen characters and without the leading slash that would make it a command for Rasa.

    Raises Invalid with ``reason`` empty, no_words, other_script or too_long.
    """
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode())).strip()
    if len(text) > LONGEST_MESSAGE:
        raise Invalid(reason="too_long", limit=LONGEST_MESSAGE)
    text = _COMMAND.sub("", text)
    if not text:
        raise Invalid(reason="empty")
    if not _WORDS.search(text):
        raise Invalid(reason="no_words")
    letters = [char for char in text if char.isalpha()]
    if letters and not _HAN.search(text) and not all(char.isascii() for char in letters):
        raise Invalid(reason="other_script")
    return text


def sender_taken(sender: object) -> str:
    """Return the sender's handle; raises Invalid unless it is 1–128 printable characters."""
    if (
        not isinstance(sender, str)
        or not sender.encode("utf-8", "ignore").decode() == sender
        or not sender.strip()
        or len(sender) > LONGEST_SENDER
        or not sender.isprintable()
    ):
        raise Invalid(reason="sender")
    return sender
