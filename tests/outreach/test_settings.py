"""Settings at their edges: every documented one is read, and a wrong value is said, not stumbled over."""

from pathlib import Path

import pytest

from outreach.domain.errors import ContentError
from outreach.model import Model
from outreach.serve import check_ports
from outreach.settings import DOCUMENTED, PREFIX, load
from outreach.supervisor import RasaCommand
from tests.builders import SECRET

OTHER = {
    "MODE": "production", "HOST": "127.0.0.2", "PORT": "9001", "ACTION_PORT": "9002", "RASA_URL": "http://127.0.0.1:9003",
    "RASA_TIMEOUT_S": "3.5", "DATABASE_URL": "postgresql+asyncpg://u@h/d", "CONTENT_DIR": "/elsewhere", "SECRET": SECRET + "!",
    "SECRET_FILE": "", "ACCEPT_SENDER": "false", "TURNS_PER_SESSION": "7", "SENDER_RATE_PER_S": "2", "SENDER_BURST": "3",
    "ORIGIN": "https://aid.example.cn", "REDIS_URL": "redis://127.0.0.1:9004/1",
}  # fmt: skip


def environ(**changes: str) -> dict[str, str]:
    """Return an environment with a secret."""
    return {PREFIX + name: value for name, value in {"SECRET": SECRET, **changes}.items()}


def test_every_documented_setting_is_tried_here() -> None:
    assert set(OTHER) == set(DOCUMENTED)


@pytest.mark.parametrize("name", [name for name in OTHER if name != "SECRET_FILE"])
def test_every_documented_setting_changes_something(name: str, tmp_path: Path) -> None:
    base = load(environ(), root=tmp_path)
    assert vars(load(environ(**{name: OTHER[name]}), root=tmp_path)) != vars(base)


def test_the_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET + "\n", encoding="utf-8")
    assert load({PREFIX + "SECRET_FILE": str(tmp_path / "key"), PREFIX + "MODE": "production"}).secret == SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "eighty"), ("PORT", "-1"), ("PORT", "80.5"), ("PORT", "²"),
        ("RASA_TIMEOUT_S", "0"), ("RASA_TIMEOUT_S", "nan"), ("RASA_TIMEOUT_S", "inf"), ("RASA_TIMEOUT_S", "soon"),
        ("MODE", "Production"), ("ACCEPT_SENDER", "yes"), ("SECRET", "short"), ("SECRET_FILE", "/no/such/file"),
        ("RASA_URL", "127.0.0.1:5005"), ("RASA_URL", "http://127.0.0.1:x"), ("DATABASE_URL", "outreach.db"),
        ("DATABASE_URL", "postgresql://u@h/d"), ("ORIGIN", "aid.example.cn"), ("ORIGIN", "https://aid.example.cn/pages"),
        ("ORIGIN", "https://aid.example.cn:x"), ("REDIS_URL", "127.0.0.1:6379"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_its_name_and_a_cure(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        load(environ(**{name: value}), root=tmp_path)
    assert caught.value.data["key"] == PREFIX + name
    assert caught.value.data["cure"]


def test_an_address_of_rasa_without_a_port_does_not_break_the_start(tmp_path: Path) -> None:
    try:
        check_ports(load(environ(RASA_URL="http://localhost", PORT="1024", ACTION_PORT="1025"), root=tmp_path), with_rasa=True)
    except ContentError as error:
        assert error.data["cure"]


def test_an_empty_demo_secret_is_never_used(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret").write_text("", encoding="utf-8")
    try:
        assert len(load({}, root=tmp_path).secret) >= 32
    except ContentError as error:
        assert error.data["cure"]


def test_the_secret_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert SECRET not in repr(load(environ(), root=tmp_path))


def test_rasa_is_told_its_secret_address_by_the_environment_and_listens_on_loopback(tmp_path: Path) -> None:
    command = RasaCommand(
        Path("python"),
        tmp_path,
        Model(tmp_path / "m.tar.gz", "d", "s"),
        "http://127.0.0.1:7005",
        "http://x?token=t",
        tmp_path / "log",
    )
    line = command.arguments()
    assert "token" not in " ".join(line)
    assert line[line.index("--interface") + 1] == "127.0.0.1" and line[line.index("--port") + 1] == "7005"
    assert command.environment()["RASA_ACTION_URL"] == "http://x?token=t"
    assert "--enable-api" not in line
