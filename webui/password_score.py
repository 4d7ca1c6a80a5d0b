# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m webui.password_score`: [password, name] as JSON on standard input; the score on standard output."""

from __future__ import annotations

import json
import sys

from zxcvbn import zxcvbn

LONGEST = 72  # what zxcvbn takes
OURS = ("tipring", "telephone", "callcenter", "owner")


def main() -> None:
    """Writes 0 (at once) to 4 (not in a lifetime)."""
    password, name = json.load(sys.stdin)
    sys.stdout.write(str(zxcvbn(password[:LONGEST], user_inputs=[name, *OURS])["score"]))


if __name__ == "__main__":
    main()
