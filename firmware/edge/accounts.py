# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may register with which password: those of the configuration, and generated ones that are kept."""

from __future__ import annotations

import secrets

from firmware.config import Config
from firmware.store.config_db import ConfigDb

LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another one
LENGTH = 20  # 114 bits


def generate() -> str:
    """A password that nobody guesses, and that can be typed into a phone."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def passwords(configs: ConfigDb, config: Config) -> list[tuple[str, str]]:
    """(extension, password) for all with a SIP phone. One of the configuration goes before a generated one; that of
    an extension that is gone is forgotten: the next owner of the number is somebody else."""
    phones = {extension.number: extension.sip for extension in config.extensions if extension.sip}
    kept = configs.phone_passwords()
    for number in kept.keys() - phones.keys():
        configs.forget_phone_password(number)
    found = []
    for number, sip in phones.items():
        password = sip.password or kept.get(number)
        found.append((number, password or configs.keep_phone_password(number, generate())))
    return found


def renew(configs: ConfigDb, number: str) -> str:
    """A new generated password; phones with the old one are out as soon as the edge knows."""
    configs.forget_phone_password(number)
    return configs.keep_phone_password(number, generate())
