# SPDX-License-Identifier: GPL-2.0-or-later
"""The national language tables of 3GPP TS 23.038, annex A, as the network's side reads and writes them: locking
shift tables whole, by rows of 16, and single shift tables by their signs. Nothing is shared with the driver."""

from __future__ import annotations

NAMES = {"LF": "\n", "CR": "\r", "SP": " ", "ESC": "\x1b"}


def signs(table: str) -> list[str]:
    """Of a table by rows."""
    return [NAMES.get(sign, sign) for sign in table.split()]


LOCKING = {
    0: signs("""
@ £ $ ¥ è é ù ì ò Ç LF Ø ø CR Å å
Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Æ æ ß É
SP ! " # ¤ % & ' ( ) * + , - . /
0 1 2 3 4 5 6 7 8 9 : ; < = > ?
¡ A B C D E F G H I J K L M N O
P Q R S T U V W X Y Z Ä Ö Ñ Ü §
¿ a b c d e f g h i j k l m n o
p q r s t u v w x y z ä ö ñ ü à
"""),
    1: signs("""
@ £ $ ¥ € é ù ı ò Ç LF Ğ ğ CR Å å
Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Ş ş ß É
SP ! " # ¤ % & ' ( ) * + , - . /
0 1 2 3 4 5 6 7 8 9 : ; < = > ?
İ A B C D E F G H I J K L M N O
P Q R S T U V W X Y Z Ä Ö Ñ Ü §
ç a b c d e f g h i j k l m n o
p q r s t u v w x y z ä ö ñ ü à
"""),
    3: signs("""
@ £ $ ¥ ê é ú í ó ç LF Ô ô CR Á á
Δ _ ª Ç À ∞ ^ \\ € Ó | ESC Â â Ê É
SP ! " # º % & ' ( ) * + , - . /
0 1 2 3 4 5 6 7 8 9 : ; < = > ?
Í A B C D E F G H I J K L M N O
P Q R S T U V W X Y Z Ã Õ Ú Ü §
~ a b c d e f g h i j k l m n o
p q r s t u v w x y z ã õ ` ü à
"""),
}  # 6.2.1, A.3.1, A.3.3
_COMMON = dict(zip("\f^{}\\[~]|€", (10, 20, 40, 41, 47, 60, 61, 62, 64, 101), strict=True))  # 6.2.1.1
SINGLE = {
    0: _COMMON,
    1: _COMMON | {"Ğ": 71, "İ": 73, "Ş": 83, "ç": 99, "ğ": 103, "ı": 105, "ş": 115},
    2: _COMMON | {"ç": 9, "Á": 65, "Í": 73, "Ó": 79, "Ú": 85, "á": 97, "í": 105, "ó": 111, "ú": 117},
    3: _COMMON | {
        "ê": 5, "ç": 9, "Ô": 11, "ô": 12, "Á": 14, "á": 15, "Φ": 18, "Γ": 19, "Ω": 21, "Π": 22, "Ψ": 23, "Σ": 24,
        "Θ": 25, "Ê": 31, "À": 65, "Í": 73, "Ó": 79, "Ú": 85, "Ã": 91, "Õ": 92, "Â": 97, "í": 105, "ó": 111,
        "ú": 117, "ã": 123, "õ": 124, "â": 127,
    },
}  # 6.2.1.1, A.2.1 to A.2.3  # fmt: skip
