"""The platform's API calls that do not send: tokens, menu, QR codes, sign-in, templates, users, checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.wechat_sandbox import messages
from channels.wechat_sandbox.errors import ApiError
from channels.wechat_sandbox.faults import hits
from channels.wechat_sandbox.world import World

Json = dict[str, Any]
OK = messages.OK


@dataclass(frozen=True)
class Call:
    """One request as a handler sees it: query values and the JSON body ({} for GET)."""

    query: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class Endpoint:
    """A path of the API. ``token``: it wants an access token. ``plain``: it answers as text/plain, as the platform does there."""

    method: str
    path: str
    run: Callable[[World, Call], Json]
    token: bool = True
    plain: bool = field(default=False)


def _credentials(world: World, given: Mapping[str, Any]) -> None:
    account = world.config.account
    if not given.get("appid"):
        raise ApiError(41002)
    if given["appid"] != account.appid:
        raise ApiError(40013)
    if not given.get("secret"):
        raise ApiError(41004)
    if given["secret"] != account.secret:
        raise ApiError(40125)


def _stable_token(world: World, call: Call) -> Json:
    _credentials(world, call.body)
    if call.body.get("grant_type") != "client_credential":
        raise ApiError(40002)
    token, seconds = world.tokens.stable(call.body.get("force_refresh") is True, world.now())
    return {"access_token": token, "expires_in": seconds}


def _token(world: World, call: Call) -> Json:
    if call.query.get("grant_type") != "client_credential":
        raise ApiError(40002)
    _credentials(world, call.query)
    token, seconds = world.tokens.old(world.now())
    return {"access_token": token, "expires_in": seconds}


def _sign_in(world: World, call: Call) -> Json:
    _credentials(world, call.query)
    if call.query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    return world.codes.redeem(call.query.get("code"), world.now())


def _ticket(world: World, call: Call) -> Json:
    if call.query.get("type") != "jsapi":
        raise ApiError(40097)
    ticket, seconds = world.tokens.ticket(world.now())
    return {**OK, "ticket": ticket, "expires_in": seconds}


def _create_menu(world: World, call: Call) -> Json:
    world.menu.create(call.body)
    world.chats.tell({"type": "menu"})
    return dict(OK)


def _delete_menu(world: World, _call: Call) -> Json:
    world.menu.delete()
    world.chats.tell({"type": "menu"})
    return dict(OK)


def _create_qr(world: World, call: Call) -> Json:
    made = world.scenes.create(call.body, world.now())
    world.chats.tell({"type": "scenes"})
    return made


def _user(world: World, call: Call) -> Json:
    follower = world.followers.addressed(call.query.get("openid"))
    if not follower.following or hits(world.faults.not_following, follower.key):
        return {"subscribe": 0, "openid": follower.openid}
    return {
        "subscribe": 1,
        "openid": follower.openid,
        "language": "zh_CN",
        "subscribe_time": follower.followed_at,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def _addresses(_world: World, _call: Call) -> Json:
    return {"ip_list": ["127.0.0.1"]}


def _check_callback(_world: World, call: Call) -> Json:
    if call.body.get("action") not in ("dns", "ping", "all"):
        raise ApiError(40097)
    dns = [{"ip": "127.0.0.1", "real_operator": "UNICOM"}]
    ping = [{"ip": "127.0.0.1", "from_operator": "UNICOM", "package_loss": "0%", "time": "0.050ms"}]
    return {"dns": dns, "ping": ping}


def _clear_quota(world: World, _call: Call) -> Json:
    world.quotas.clearings += 1  # an operator may do this by hand, a program of ours never
    raise ApiError(48006)


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/stable_token", _stable_token, token=False),
    Endpoint("GET", "/cgi-bin/token", _token, token=False),
    Endpoint("GET", "/sns/oauth2/access_token", _sign_in, token=False, plain=True),
    Endpoint("POST", "/cgi-bin/message/template/send", lambda world, call: messages.template(world, call.body)),
    Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", lambda world, call: messages.subscription(world, call.body)),
    Endpoint("POST", "/cgi-bin/message/custom/send", lambda world, call: messages.customer_service(world, call.body)),
    Endpoint("POST", "/cgi-bin/qrcode/create", _create_qr),
    Endpoint("POST", "/cgi-bin/menu/create", _create_menu),
    Endpoint("GET", "/cgi-bin/menu/get", lambda world, _call: world.menu.get()),
    Endpoint("GET", "/cgi-bin/menu/delete", _delete_menu),
    Endpoint("GET", "/cgi-bin/ticket/getticket", _ticket),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", lambda world, _call: world.templates.listed()),
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", lambda world, _call: world.templates.subscribed()),
    Endpoint("GET", "/cgi-bin/user/info", _user),
    Endpoint("GET", "/cgi-bin/getcallbackip", _addresses),
    Endpoint("GET", "/cgi-bin/get_api_domain_ip", _addresses),
    Endpoint("POST", "/cgi-bin/callback/check", _check_callback),
    Endpoint("POST", "/cgi-bin/clear_quota", _clear_quota),
    Endpoint("POST", "/cgi-bin/clear_quota/v2", _clear_quota, token=False),
)
