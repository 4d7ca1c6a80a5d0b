# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts in national alphabets: read whatever the sender's telephone chose, sent so where that saves messages."""

from __future__ import annotations

import pytest

from drivers.sms import Deliver, Part, coding_of, parts_of, read, submit
from drivers.sms.gsm import DEFAULT, PORTUGUESE, SPANISH, TURKISH, Alphabet
from hil.modem.short_messages import Submitted, deliver, submitted

LETTERS = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,:;!?"
TURKISH_TEXT = "Değerli müşterimiz, siparişiniz yola çıktı. İyi günler: Şükrü Ağaoğlu"
SPANISH_TEXT = "Su pedido está aquí: ¡recójalo mañana! Índice, Último, Ángel, Óscar"
PORTUGUESE_TEXT = "Não há atenções amanhã às três; avó e avô, você, Índio, Êxito, Última ∞"


def _message(pdu: str) -> Deliver:
    message = read(pdu)
    assert isinstance(message, Deliver)
    return message


@pytest.mark.parametrize(
    ("locking", "single", "signs"),
    [
        (0, 0, LETTERS + "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€\n"),
        (0, TURKISH, "ĞİŞçğış" + LETTERS + "€[]{}"),
        (TURKISH, 0, "ıĞğŞşİç€" + LETTERS + "[]{}"),
        (TURKISH, TURKISH, TURKISH_TEXT),
        (0, SPANISH, "çÁÍÓÚáíóú" + LETTERS + "€"),
        (0, PORTUGUESE, "êçÔôÁáÊÀÍÓÚÃÕÂíóúãõâ" + LETTERS + "ΦΓΩΠΨΣΘ€"),
        (PORTUGUESE, PORTUGUESE, PORTUGUESE_TEXT + "ΦΓΩΠΨΣΘªº`"),
    ],
)
@pytest.mark.parametrize("part", [None, (700, 3, 2)])
def test_what_a_telephone_wrote_is_read(
    locking: int, single: int, signs: str, part: tuple[int, int, int] | None
) -> None:
    text = signs[:60]
    for piece in (text, signs[60:]):
        came = _message(deliver("+905321234567", piece, part=part, long_reference=True, locking=locking, single=single))
        assert (came.text, came.part) == (piece, Part(*part) if part else None)


def test_a_language_without_a_table_is_read_by_the_default_one() -> None:
    """As 23.038, 6.2.1.2.3 wants it: here Hindi."""
    assert _message(deliver("100", "Price 5 €", locking=6, single=6)).text == "Price 5 €"


def _sent(text: str) -> list[Submitted]:
    """All parts of it, as the network has them."""
    pieces, coding = parts_of(text), coding_of(text)
    parts = [Part(9, len(pieces), n) if len(pieces) > 1 else None for n in range(1, len(pieces) + 1)]
    return [submitted(submit("100", piece, part, coding)[0]) for piece, part in zip(pieces, parts, strict=True)]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (TURKISH_TEXT * 2, 3, 1),
        (SPANISH_TEXT * 2, 2, 1),
        (PORTUGUESE_TEXT * 2, 3, 1),
        (TURKISH_TEXT * 6, 7, 3),
        (PORTUGUESE_TEXT * 6, 7, 3),
    ],
)
def test_long_texts_take_fewer_messages_than_in_ucs_2(text: str, before: int, after: int) -> None:
    sent = _sent(text)
    assert "".join(one.text for one in sent) == text
    assert not any(one.wide for one in sent)
    assert len({(one.locking, one.single) for one in sent}) == 1
    assert [one.part for one in sent] == ([(9, after, n) for n in range(1, after + 1)] if after > 1 else [None])
    assert len(sent) == after < before == -(-len(text) // 67)


def test_a_short_text_goes_as_every_telephone_knows_it() -> None:
    assert coding_of("Günaydın Şükrü") is None
    assert [one.wide for one in _sent("Günaydın Şükrü")] == [True]
    assert coding_of("Grüße für 5 €") == DEFAULT


def test_what_no_alphabet_has_is_ucs_2_however_long() -> None:
    assert coding_of(TURKISH_TEXT * 2 + "好") is None
    assert len(_sent(TURKISH_TEXT * 2 + "好")) == 3


@pytest.mark.parametrize("length", [151, 152, 153, 154, 155, 156, 160, 161, 298, 299, 306, 307])
def test_pieces_are_as_long_as_their_headers_leave_room(length: int) -> None:
    """The network refuses more than 140 octets."""
    for text in ("ş" + "a" * (length - 1), "a" * length, "€" + "a" * (length - 2), "ã" * length):
        assert "".join(one.text for one in _sent(text)) == text


def test_an_escape_is_never_cut_from_its_letter() -> None:
    text = "ğ" * 200
    alphabet = coding_of(text)
    assert alphabet == Alphabet(TURKISH, TURKISH)  # one septet each, where the single shift takes two
    for one in _sent("[" * 100):
        assert set(one.text) == {"["}
