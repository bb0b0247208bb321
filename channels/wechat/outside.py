"""Our own address, asked as the platform asks it: the callback with a signed echostr, and the domain file."""

import hashlib
import secrets

import aiohttp

from channels.wechat.account import Account
from outreach.domain.clock import Clock

TIMEOUT_S = 5.0
PROXY = "看域名解析、HTTPS 证书和反向代理，再看服务有没有在运行"


class Outside:
    """Requests to ``account.origin``. Each check returns (what is wrong, cure), both "" when all is right."""

    def __init__(self, account: Account, http: aiohttp.ClientSession, clock: Clock, callback: str) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._callback = callback

    async def callback(self) -> tuple[str, str]:
        """Check that a signed request gets its echostr back, and that a falsely signed one does not."""
        echo = str(secrets.randbelow(10**18))
        status, text = await self._get(self._callback, self._signed(self._account.token, echo))
        if status != 200:
            cure = "服务用的 Token 和这里的设置不一样，或本机时间不准" if status in (401, 403) else PROXY
            return (f"{self._account.origin}{self._callback} 答 {status}" if status else text), cure
        if text != echo:
            return "没有原样交回 echostr", "地址可能被别的页面或登录、压缩、防护挡住：让反向代理把这个路径原样转给服务"
        status, text = await self._get(self._callback, self._signed("not" + self._account.token, echo))
        if status == 200 and text == echo:
            return "签名不对的请求也被接受", "这个地址不是本服务在答，请检查反向代理"
        return "", ""

    async def verify(self, name: str, expected: str) -> tuple[str, str]:
        """Check that the domain file is served under the origin as it is."""
        status, text = await self._get(f"/{name}", {})
        if status == 200 and text.strip() == expected:
            return "", ""
        wrong = "内容不对" if status == 200 else f"答 {status}" if status else text
        return f"{self._account.origin}/{name} {wrong}", "让反向代理把这个文件的路径转给服务，并重启服务"

    def _signed(self, token: str, echo: str) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(5)
        signature = hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode(), usedforsecurity=False).hexdigest()
        return {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echo}

    async def _get(self, path: str, params: dict[str, str]) -> tuple[int, str]:
        """Return (status, text), or (0, what went wrong)."""
        limits = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._http.get(
                self._account.origin + path, params=params, timeout=limits, allow_redirects=False
            ) as response:
                return response.status, (await response.content.read(4096)).decode(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return 0, f"连不上 {self._account.origin}（{type(error).__name__}）"
