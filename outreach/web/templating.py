"""Pages from templates. Knows Jinja and the response; knows nothing of topics or conversations."""

from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """Return the one environment: everything escaped, an unknown name in a template is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, *, status: int = 200, **context: object) -> web.Response:
    """Return the template ``name`` as an HTML response.

    Every page may be given ``office`` (OfficeNames) and ``fills`` (the catalogue's); without them the header and the footer
    stay general. ``error.html`` takes ``status`` and, if known, ``code`` (shown as the number to report).
    """
    text = environment().get_template(name).render(status=status, **context)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
