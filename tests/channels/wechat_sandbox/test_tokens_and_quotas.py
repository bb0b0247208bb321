"""Tokens live and end as the platform says; quotas are counted a day and a minute."""

from tests.channels.wechat_sandbox.stand import ACCOUNT, MovableClock, Sandbox

CREDENTIALS = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": ACCOUNT.secret}


async def test_the_stable_token_is_the_same_inside_its_life(sandbox: Sandbox, hands: MovableClock) -> None:
    first = await sandbox.post("/cgi-bin/stable_token", CREDENTIALS)
    hands.at += 3600
    second = await sandbox.post("/cgi-bin/stable_token", CREDENTIALS)
    assert first["expires_in"] == 7200 and second["expires_in"] == 3600
    assert first["access_token"] == second["access_token"]


async def test_it_is_renewed_five_minutes_early_and_both_are_good_meanwhile(sandbox: Sandbox, hands: MovableClock) -> None:
    old = await sandbox.fetch_token()
    hands.at += 6950
    new = await sandbox.fetch_token()
    assert old != new
    for token in (old, new):
        assert "errcode" not in await sandbox.get("/cgi-bin/getcallbackip", access_token=token)
    hands.at += 300
    assert (await sandbox.get("/cgi-bin/getcallbackip", access_token=old))["errcode"] == 42001


async def test_a_forced_refresh_ends_the_token_and_is_bounded(sandbox: Sandbox, hands: MovableClock) -> None:
    old = await sandbox.fetch_token()
    new = await sandbox.fetch_token(force=True)
    assert old != new and new == await sandbox.fetch_token(force=True), "forced again within 30 s it does not change"
    assert (await sandbox.get("/cgi-bin/getcallbackip", access_token=old))["errcode"] == 40001
    for _ in range(19):
        hands.at += 31
        await sandbox.fetch_token(force=True)
    hands.at += 31
    assert (await sandbox.post("/cgi-bin/stable_token", {**CREDENTIALS, "force_refresh": True}))["errcode"] == 45009


async def test_the_older_call_ends_the_token_before_and_leaves_the_stable_one_alone(sandbox: Sandbox) -> None:
    stable = await sandbox.fetch_token()
    first = (await sandbox.get("/cgi-bin/token", **CREDENTIALS))["access_token"]
    second = (await sandbox.get("/cgi-bin/token", **CREDENTIALS))["access_token"]
    answers = [
        (await sandbox.get("/cgi-bin/getcallbackip", access_token=token)).get("errcode") for token in (first, second, stable)
    ]
    assert answers == [40001, None, None]


async def test_wrong_credentials_are_named(sandbox: Sandbox) -> None:
    async def code(**changes: str) -> int:
        return int((await sandbox.post("/cgi-bin/stable_token", {**CREDENTIALS, **changes}))["errcode"])

    assert [await code(appid=""), await code(appid="wx1"), await code(secret=""), await code(secret="x")] == [
        41002,
        40013,
        41004,
        40125,
    ]
    assert await code(grant_type="x") == 40002
    assert (await sandbox.get("/cgi-bin/getcallbackip"))["errcode"] == 41001
    assert (await sandbox.get("/cgi-bin/getcallbackip", access_token="short"))["errcode"] == 40014
    assert (await sandbox.get("/cgi-bin/stable_token"))["errcode"] == 43002


async def test_the_admin_can_end_tokens_now(sandbox: Sandbox) -> None:
    for how, code in (("expired", 42001), ("ended", 40001), ("invalid", 40014)):
        await sandbox.fetch_token()
        await sandbox.post("/sandbox/faults", {"end_tokens": how})
        assert (await sandbox.send_template())["errcode"] == code


async def test_quotas_are_counted_a_minute_and_a_day(sandbox: Sandbox, hands: MovableClock) -> None:
    await sandbox.post("/sandbox/faults", {"quotas": {"template/send": {"day": 3, "minute": 2}}})
    codes = [(await sandbox.send_template())["errcode"] for _ in range(3)]
    assert codes == [0, 0, 45011]
    hands.at += 60
    assert [(await sandbox.send_template())["errcode"] for _ in range(2)] == [0, 45009]
    hands.at += 86400
    await sandbox.fetch_token()
    assert (await sandbox.send_template())["errcode"] == 0


async def test_clearing_the_quota_is_refused_and_counted(sandbox: Sandbox) -> None:
    assert (await sandbox.call("/clear_quota", {"appid": ACCOUNT.appid}))["errcode"] == 48006
    assert (await sandbox.get("/sandbox/record"))["clear_quota"] == 1
