"""One request to the platform and its JSON answer. What goes wrong on the way is told without addresses, which carry secrets."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp

from channels.base import DeliveryError

JSON = {"Content-Type": "application/json"}
# what somebody's number at the platform looks like
PERSON = re.compile(r"\bo[0-9A-Za-z_-]{27}\b")
# A value shorter than this in an answer is a word, not somebody's.
SHORTEST_HIDDEN = 4

Answer = dict[str, Any]


async def ask(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    timeout_s: float = 10.0,
) -> Answer:
    """Return the JSON object of the answer, whatever code it carries.

    Raises DeliveryError, always temporary: ``unreachable`` when nothing was sent, ``uncertain`` when it may have been taken
    (time ran out, the line broke, status 5xx, no JSON), ``bad_answer`` for any other status. Redirects are not followed: the
    address holds the token.
    """
    # written out in full: the platform answers 40033 to \\u escapes in some fields
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode(errors="replace")
    limits = aiohttp.ClientTimeout(total=timeout_s, connect=timeout_s / 2)
    reason = detail = ""
    try:
        async with http.request(
            method,
            url,
            params=params,
            data=sent,
            timeout=limits,
            allow_redirects=False,
            headers=JSON,
        ) as response:
            if response.status == 200:
                found = json.loads(await response.read())
                if isinstance(found, dict) and isinstance(found.get("errcode", 0), int):
                    return found
                reason, detail = "uncertain", "not an object"
            else:
                reason, detail = "uncertain" if response.status >= 500 else "bad_answer", f"status {response.status}"
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as failure:
        reason, detail = "unreachable", type(failure).__name__
    except (aiohttp.ClientError, TimeoutError, OSError) as failure:
        reason, detail = "uncertain", type(failure).__name__
    except (ValueError, RecursionError):
        reason, detail = "uncertain", "no JSON"
    # outside of the handlers on purpose: an exception in the context would carry the address
    raise DeliveryError(permanent=False, reason=reason, detail=detail)


def scrubbed(answer: Mapping[str, Any], hidden: Iterable[str]) -> str:
    """Return the answer as one line for the log, in which no string of ``hidden`` can be read."""
    text = json.dumps(answer, ensure_ascii=False, default=str)
    for secret in sorted({value for value in hidden if len(value) >= SHORTEST_HIDDEN}, key=len, reverse=True):
        text = text.replace(secret, "***").replace(json.dumps(secret, ensure_ascii=False)[1:-1], "***")
    return PERSON.sub("***", text)


def strings(value: Any) -> Iterable[str]:
    """Yield every string that stands as a value somewhere in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from strings(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from strings(below)
