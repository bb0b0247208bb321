"""`outreach train`: train the Rasa model if its material changed."""

import argparse
import asyncio
import sys

from outreach.commands.serve import RASA_PYTHON
from outreach.domain.errors import ContentError
from outreach.model import train
from outreach.settings import ROOT


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("train", help="训练对话模型", description="内容或语料变了才训练；没变就直接用现有模型。")
    command.add_argument("--force", action="store_true", help="没变也重新训练")
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Train; raises ContentError with Rasa's words when it fails."""
    if not RASA_PYTHON.exists():
        raise ContentError(file=".venv-rasa", key="", cure="没有 Rasa 的运行环境，请先运行 make setup")
    sys.stdout.write("检查对话模型……\n")
    model, trained = asyncio.run(train(ROOT, ROOT / "models", RASA_PYTHON, force=arguments.force))
    sys.stdout.write(f"{'训练完成' if trained else '语料没有变化，沿用现有模型'}：{model.path.name}\n")
    return 0
