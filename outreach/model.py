"""The Rasa model as a file of our own: trained only when its material changed, loaded only if its hash is the one we wrote."""

import asyncio
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from outreach.domain.errors import ContentError, NotFound

# What a model is made of; everything else may change without a new training.
MATERIAL = (
    "config.yml",
    "bot/domain",
    "bot/components",
    "data",
    "content/lexicon.yml",
    "content/calibration.yml",
    "requirements/rasa.txt",
)
MANIFEST = "manifest.json"
RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class Model:
    """A trained model file, the digest of its material and the sha-256 of the file."""

    path: Path
    digest: str
    sha256: str


def material_digest(root: Path) -> str:
    """Return the sha-256 over names and bytes of everything a model is trained from."""
    digest = hashlib.sha256()
    for name in MATERIAL:
        path = root / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".yml", ".py"))
        for file in files:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def current(models: Path) -> Model:
    """Return the model last trained here; raises NotFound if there is none, ContentError if its file was changed since."""
    try:
        raw = json.loads((models / MANIFEST).read_text(encoding="utf-8"))
        model = Model(models / raw["file"], raw["digest"], raw["sha256"])
        found = hashlib.sha256(model.path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError):
        raise NotFound(model=str(models)) from None
    if found != model.sha256:
        raise ContentError(
            file=str(model.path), key="sha256", cure="模型文件与训练时不一致，不能加载；请删除 models/ 后重新运行 make train"
        )
    return model


async def train(root: Path, models: Path, python: Path, *, force: bool = False) -> tuple[Model, bool]:
    """Train if the material changed; returns (the model, whether it was trained now).

    Raises ContentError with the end of Rasa's own words when the training fails.
    """
    digest = material_digest(root)
    if not force:
        try:
            model = current(models)
            if model.digest == digest:
                return model, False
        except (NotFound, ContentError):
            pass
    models.mkdir(parents=True, exist_ok=True)
    name = f"student-aid-{digest[:12]}"
    process = await asyncio.create_subprocess_exec(
        str(python), "-m", "bot.launch", "train", "--domain", "bot/domain", "--data", "data", "--config", "config.yml",
        "--out", str(models), "--fixed-model-name", name, "--force",
        "--skip-validation",  # `outreach check` validates, in a second
        cwd=root, env={**os.environ, **RASA_ENVIRONMENT},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    path = models / f"{name}.tar.gz"
    if process.returncode != 0 or not path.exists():
        raise ContentError(file="训练", key="rasa train", cure=output.decode(errors="replace")[-1500:])
    model = Model(path, digest, hashlib.sha256(path.read_bytes()).hexdigest())
    manifest = {"file": path.name, "digest": model.digest, "sha256": model.sha256}
    (models / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    for old in models.glob("student-aid-*.tar.gz"):
        if old != path:
            old.unlink()
    return model, True
