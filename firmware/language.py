# SPDX-License-Identifier: GPL-2.0-or-later
"""The languages of the box, and the catalog of what its services say (compiled by `python -m webui.locale`).

English texts are their own keys. A service reads the catalog when it has to say something in another language, and
one that never does spends nothing on it.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "sentences"
LOCALES = Path(__file__).parent / "locale"
NAMES = {"en": "English", "zh": "中文"}
DEFAULT = "en"


def N_(text: str) -> str:
    """Marks a string for the catalogs; it is translated where it is shown."""
    return text


@cache
def catalog(language: str, domain: str = DOMAIN, folder: Path = LOCALES) -> gettext.NullTranslations:
    """FileNotFoundError says how to compile it."""
    if language == DEFAULT:
        return gettext.NullTranslations()
    need_compiled(language, domain, folder)
    return gettext.translation(domain, folder, [language])


def need_compiled(language: str, domain: str = DOMAIN, folder: Path = LOCALES) -> None:
    """FileNotFoundError says how to compile the catalog of `language`. It is not read: not everybody asks for it."""
    if gettext.find(domain, folder, [language]) is None:
        raise FileNotFoundError(
            f"The texts for '{language}' are not compiled. Run `python -m webui.locale` (make run does)."
        )


def said(sentence: str, language: str) -> str:
    """A sentence of the box in that language; as it is when the catalog does not have it, or is not there."""
    if language == DEFAULT:
        return sentence
    from firmware.sentences import translated  # its patterns are 3 MB

    try:
        return translated(sentence, catalog(language).gettext)
    except FileNotFoundError:
        return sentence
