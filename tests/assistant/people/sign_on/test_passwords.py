from __future__ import annotations

import re
import threading

import pytest
from argon2 import extract_parameters

from assistant.errors import UsageError
from assistant.people.sign_on import passwords

GOOD = "あおば山の かめは 昼に泳ぐ"


def test_a_hash_is_argon2id_with_at_least_what_owasp_asks_for() -> None:
    used = extract_parameters(passwords.hashed(GOOD))
    assert (used.type.name, used.memory_cost >= 19 * 1024, used.time_cost >= 2) == (
        "ID",
        True,
        True,
    )


def test_two_hashes_of_one_password_differ_and_both_match() -> None:
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert passwords.matches(first, GOOD)
    assert passwords.matches(second, GOOD)
    assert not passwords.matches(first, GOOD + "。")


def test_full_width_letters_are_the_same_password() -> None:
    assert passwords.matches(
        passwords.hashed("correct horse 7 staple"), "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　７　ｓｔａｐｌｅ"
    )


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=19456"])
def test_nothing_matches_a_missing_or_damaged_hash(stored: str | None) -> None:
    assert not passwords.matches(stored, GOOD)


@pytest.mark.parametrize(
    "password", [GOOD, "tanuki-Ringo-42-hashigo", "むらさきの電車が三回とまる"]
)
def test_long_phrases_are_accepted(password: str) -> None:
    assert passwords.checked_password(password, about=("1001", "山田", "総務課")) == password


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "10文字以上"),
        ("short", "10文字以上"),
        ("x" * 201, "200文字まで"),
        ("password123", "推測されやすい"),
        ("1234567890", "推測されやすい"),
        ("qwertyuiop", "推測されやすい"),
        ("kanoya2026", "推測されやすい"),
        ("aaaaaaaaaaaaaa", "推測されやすい"),
        ("tanuki-100234-hashigo", "職員番号・氏名・課名"),
        ("yamadahanako-hashigo", "職員番号・氏名・課名"),
        ("tanuki\x00ringo-hashigo", "使えない文字"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        passwords.checked_password(password, about=("100234", "yamadahanako", "総務課"))


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "abcdef", "111111", "123456", "987654", "121212", "123123"]
)
def test_obvious_pins_are_refused(pin: str) -> None:
    with pytest.raises(UsageError):
        passwords.checked_pin(pin)


def test_a_pin_may_be_typed_in_full_width() -> None:
    assert passwords.checked_pin("７０２９１８ ") == "702918"


def test_first_passwords_are_strong_readable_and_never_the_same() -> None:
    made = {passwords.initial_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"[a-km-np-z2-9]{4}-[a-km-np-z2-9]{4}-[a-km-np-z2-9]{4}", password)
        passwords.checked_password(password)


def test_only_a_few_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 19 MiB and a core: a crowd at the door must not take the machine."""
    at_work, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    class Counting:
        def verify(self, stored: str, secret: str) -> bool:
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            go.wait(0.05)
            with lock:
                at_work -= 1
            return True

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    crowd = [threading.Thread(target=passwords.matches, args=("x", GOOD)) for _ in range(24)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    assert 1 < most <= 4
