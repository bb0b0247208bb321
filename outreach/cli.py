"""The command line `outreach`: parses, calls one command, and tells errors of ours in one Chinese line."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from outreach.commands import ask, check, database, serve, train, wechat
from outreach.domain.errors import AssistantUnavailable, ContentError, OutreachError

Command = Callable[[argparse.Namespace], int]

# argparse's own sentences → ours
CHINESE = (
    (r"^the following arguments are required: (.+)$", r"还要写上：\1"),
    (r"^unrecognized arguments: (.+)$", r"不认识：\1"),
    (r"^argument (.+?): invalid choice: (.+?) \(choose from (.+)\)$", r"\1 不能是 \2，只能是 \3"),
    (r"^argument (.+?): expected one argument$", r"\1 后面要写一个值"),
    (r"^argument (.+?): invalid .+? value: (.+)$", r"\1 的值不对：\2"),
    (r"^argument (.+?): not allowed with argument (.+)$", r"\1 不能和 \2 一起用"),
)


class _Parser(argparse.ArgumentParser):
    """argparse with Chinese headings and errors."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份帮助")

    def format_help(self) -> str:
        """Return the help with its heading in Chinese."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Tell a wrong command line and how to see the right one."""
        for pattern, words in CHINESE:
            message = re.sub(pattern, words, message)
        sys.stderr.write(f"命令写得不对：{message}\n用 {self.prog} --help 看写法。\n")
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    top = _Parser(prog="outreach", description="学生资助告知服务的命令行。")
    commands = top.add_subparsers(title="命令", metavar="命令", required=True, parser_class=_Parser)
    for module in (serve, check, ask, train, database, wechat):
        module.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 found faults, 2 could not run."""
    arguments = parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except ContentError as error:
        where = " ".join(str(error.data[key]) for key in ("file", "key") if error.data.get(key))
        sys.stderr.write(f"✗ {where}：{error.data['cure']}\n")
    except AssistantUnavailable:
        sys.stderr.write("✗ 连不上服务，请先运行 make run 或 outreach serve。\n")
    except OutreachError as error:
        sys.stderr.write(f"✗ {error.code}：{error.data}\n")
    except KeyboardInterrupt:
        sys.stderr.write("已停止。\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
