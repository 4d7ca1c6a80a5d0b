# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m webui.locale [compile|update|check]`: Babel catalogs of the pages.

`compile` (the default) writes the .mo files of the pages and of the services, `update` takes new strings from
templates and code into the .po files and the CLDR into `formats.json`, `check` names every string that a language lacks
and exits 1 when there is one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from firmware.language import DOMAIN as SERVICES
from firmware.language import LOCALES
from firmware.sentences import TEMPLATES
from webui.locale import cldr

HERE = Path(__file__).parent
WEBUI = HERE.parent
DOMAIN = "tipring"
SENTENCES = "firmware/sentences.py"  # what services say is in the pages' catalogs, and in one of their own
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
LANGUAGES = ("en", "zh")
HEADER = "# SPDX-License-Identifier: GPL-2.0-or-later\n# Texts of the pages: python -m webui.locale update"


def po_path(language: str) -> Path:
    """Where a language's texts are written by people."""
    return HERE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def services_path(language: str) -> Path:
    """What is compiled for the services."""
    return LOCALES / language / "LC_MESSAGES" / f"{SERVICES}.mo"


def extract() -> Catalog:
    """Every string that templates and code show."""
    catalog = Catalog(domain=DOMAIN, project="Tipring", charset="utf-8")
    found = extract_from_dir(str(WEBUI), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    for name, line, text, comments, context in found:
        catalog.add(text, None, [(f"webui/{name}", line)], auto_comments=comments, context=context)
    for text in TEMPLATES:
        catalog.add(text, None, [(SENTENCES, 1)])
    return catalog


def load(language: str) -> Catalog:
    """The catalog as written."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _that_differ(catalog: Catalog) -> Catalog:
    """Without texts that are their own translation: gettext gives them back anyway, and memory need not hold them."""
    for message in list(catalog):
        if message.id and message.string == message.id:
            catalog.delete(message.id)
    return catalog


def _of_services(catalog: Catalog) -> Catalog:
    """Only what services say."""
    wanted = set(TEMPLATES)
    for message in list(catalog):
        if message.id and message.id not in wanted:
            catalog.delete(message.id)
    return catalog


def _write(target: Path, catalog: Catalog) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        write_mo(file, catalog)
    part.replace(target)


def compile_all() -> int:
    """Writes each language's .mo files, whole or not at all: the pages' and the services'."""
    for language in LANGUAGES:
        catalog = _that_differ(load(language))
        _write(po_path(language).with_suffix(".mo"), catalog)
        _write(services_path(language), _of_services(catalog))
    print(f"compiled {', '.join(LANGUAGES)}")
    return 0


def update() -> int:
    """Merges new strings in, drops those no longer used; English is filled with the string itself."""
    for language in LANGUAGES:
        path = po_path(language)
        catalog = load(language) if path.exists() else Catalog(locale=language, domain=DOMAIN, project="Tipring")
        born = catalog.creation_date
        catalog.update(extract(), no_fuzzy_matching=True)
        catalog.creation_date = born  # else every update by everybody changes the same line
        catalog.header_comment = HEADER
        catalog.fuzzy = False
        catalog.obsolete.clear()
        if language == "en":
            _fill_english(catalog)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=120, sort_output=True, include_lineno=False)
    cldr.write()
    return check()


def _fill_english(catalog: Catalog) -> None:
    for message in catalog:
        if message.id and not message.pluralizable:
            message.string = message.id
        elif message.id:
            message.string = tuple(message.id)


def _is_missing(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return True
    return not all(message.string) if message.pluralizable else not message.string


def missing(language: str) -> list[str]:
    """Strings of the sources that have no text in `language`."""
    catalog = load(language)
    strings = [message for message in extract() if message.id]
    return [str(m.id) for m in strings if _is_missing(catalog.get(m.id, m.context))]


def check() -> int:
    lacking = {language: missing(language) for language in LANGUAGES}
    for language, texts in lacking.items():
        for text in texts:
            print(f"{language} lacks: {text}", file=sys.stderr)
    return 1 if any(lacking.values()) else 0


COMMANDS = {"compile": compile_all, "update": update, "check": check}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1] if len(sys.argv) > 1 else "compile"]())
