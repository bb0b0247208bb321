"""The account's settings: whole, from files, absent, half set up, or the sandbox where it does not belong."""

import json
from pathlib import Path

import pytest

from channels.wechat.account import API, Security
from outreach import configuration
from outreach.commands.serve import _wechat_line
from outreach.domain.errors import ContentError
from outreach.environment import PREFIX
from outreach.settings import Settings
from outreach.wechat_settings import DOCUMENTED, SANDBOX, SANDBOX_TEMPLATES, WeChat, load, with_templates
from tests.builders import SECRET, make_settings

WHOLE = {
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_SECRET": "s" * 32,
    "WECHAT_TOKEN": "ourtoken",
    "WECHAT_AES_KEY": "k" * 43,
}
PRODUCTION = make_settings(mode="production", origin="https://aid.example.cn")


def environ(**values: str) -> dict[str, str]:
    """Return the environment with our prefix."""
    return {PREFIX + name: value for name, value in values.items()}


def found(*, settings: Settings = PRODUCTION, **values: str) -> WeChat:
    """Return the channel of a whole account with ``values`` put over it; it must be there."""
    made = load(settings, environ(**{**WHOLE, **values}))
    assert made is not None
    return made


def test_a_whole_account_is_read_and_shows_no_secret() -> None:
    made = found()
    assert (made.account.appid, made.account.security, made.account.api) == (WHOLE["WECHAT_APPID"], Security.SAFE, API)
    assert made.account.origin == "https://aid.example.cn" and not made.sandbox
    assert not any(WHOLE[name] in repr(made) for name in ("WECHAT_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY"))


def test_without_an_account_production_has_no_channel_and_says_so() -> None:
    assert load(PRODUCTION, {}) is None
    assert "没有设置公众号" in _wechat_line(None)


def test_the_demo_takes_the_sandbox_on_loopback_unless_an_account_is_given() -> None:
    made = load(make_settings(), {})
    assert made is not None and made.sandbox and made.account.api == made.account.authorize == made.account.console
    assert made.account.api.startswith("http://127.0.0.1:") and set(made.account.templates) == set(SANDBOX_TEMPLATES)
    assert "沙箱" in _wechat_line(made)
    assert not found(settings=make_settings()).sandbox
    assert load(make_settings(), environ(WECHAT_SANDBOX="false")) is None


def test_the_sandbox_of_the_settings_is_the_one_that_is_run() -> None:
    path = Path(configuration.__file__).parents[1] / "channels" / "wechat_sandbox" / "account.json"
    if path.exists():
        account = json.loads(path.read_text(encoding="utf-8"))
        assert {name: account[name.lower()] for name in SANDBOX} == SANDBOX
        assert {template["template_id"] for template in account["templates"]} == set(SANDBOX_TEMPLATES.values())


def test_a_demo_with_half_an_account_does_not_fall_back_to_the_sandbox() -> None:
    with pytest.raises(ContentError) as caught:
        load(make_settings(), environ(WECHAT_SECRET="s" * 32))
    assert caught.value.data["key"] == PREFIX + "WECHAT_APPID"
    assert load(make_settings(), environ(WECHAT_SECRET="s" * 32, WECHAT_SANDBOX="true")) is not None


def test_template_ids_of_the_content_go_to_the_real_account_only() -> None:
    assert with_templates(found(), {"notice": "x" * 43}).account.templates == {"notice": "x" * 43}
    sandbox = load(make_settings(), {})
    assert sandbox is not None and with_templates(sandbox, {"notice": "x" * 43}).account.templates == SANDBOX_TEMPLATES


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    files = {}
    for name in ("SECRET", "TOKEN", "AES_KEY"):
        (tmp_path / name).write_text(WHOLE[f"WECHAT_{name}"] + "\n", encoding="utf-8")
        files[f"WECHAT_{name}_FILE"] = str(tmp_path / name)
    made = load(PRODUCTION, environ(WECHAT_APPID=WHOLE["WECHAT_APPID"], **files))
    assert made is not None and made.account == found().account


def test_the_domain_file_is_read_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "MP_verify_abcDEF123.txt").write_text("abcDEF123", encoding="utf-8")
    made = found(WECHAT_VERIFY_FILE=str(tmp_path / "MP_verify_abcDEF123.txt"))
    assert made.verify == ("MP_verify_abcDEF123.txt", "abcDEF123")


def test_plain_mode_needs_no_key() -> None:
    assert found(WECHAT_SECURITY="plain", WECHAT_AES_KEY="").account.aes_key == ""


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("WECHAT_APPID", {"WECHAT_APPID": "gh_0123456789abcd"}),
        ("WECHAT_APPID", {"WECHAT_APPID": ""}),
        ("WECHAT_SECRET", {"WECHAT_SECRET": ""}),
        ("WECHAT_SECRET_FILE", {"WECHAT_SECRET_FILE": "/no/such/file"}),
        ("WECHAT_TOKEN", {"WECHAT_TOKEN": "a b"}),
        ("WECHAT_AES_KEY", {"WECHAT_AES_KEY": "k" * 42}),
        ("WECHAT_SECURITY", {"WECHAT_SECURITY": "none"}),
        ("WECHAT_API", {"WECHAT_API": "api.weixin.qq.com"}),
        ("WECHAT_SANDBOX", {"WECHAT_SANDBOX": "true"}),
        ("WECHAT_VERIFY_FILE", {"WECHAT_VERIFY_FILE": "/etc/passwd"}),
        ("WECHAT_VERIFY_FILE", {"WECHAT_VERIFY_FILE": "/no/MP_verify_a.txt"}),
    ],
)
def test_a_half_set_up_account_is_refused_with_a_name_and_a_cure(name: str, values: dict[str, str]) -> None:
    with pytest.raises(ContentError) as caught:
        found(**values)
    assert caught.value.data["key"] == PREFIX + name and caught.value.data["cure"]


def test_a_real_account_needs_an_origin_with_tls_in_production() -> None:
    with pytest.raises(ContentError) as caught:
        found(settings=make_settings(mode="production", origin="http://aid.example.cn"))
    assert caught.value.data["key"] == PREFIX + "ORIGIN"


def test_the_commands_know_the_names_of_the_channel_and_no_others(tmp_path: Path) -> None:
    given = environ(SECRET=SECRET, **dict.fromkeys(DOCUMENTED, "x"))
    assert configuration.load(given, root=tmp_path).secret == SECRET
    with pytest.raises(ContentError):
        configuration.load({**given, PREFIX + "WECHAT_APPLE": "x"}, root=tmp_path)


def test_a_demo_may_call_its_account_what_it_likes_and_a_real_one_may_not() -> None:
    odd = environ(**{**WHOLE, "WECHAT_SECRET": "test-secret", "WECHAT_TOKEN": "my_token"})
    made = load(make_settings(), odd)
    assert made is not None and made.account.secret == "test-secret"
    with pytest.raises(ContentError):
        load(PRODUCTION, odd)
