"""What the commands load: the service's settings, while the names of the channels' own settings are known as well."""

import os
from collections.abc import Mapping
from pathlib import Path

from outreach import settings
from outreach.settings import Settings
from outreach.wechat_settings import DOCUMENTED as OF_CHANNELS


def load(environ: Mapping[str, str] = os.environ, *, root: Path = Path()) -> Settings:
    """Return the settings; raises ContentError as ``settings.load`` does."""
    return settings.load(environ, root=root, elsewhere=OF_CHANNELS)
