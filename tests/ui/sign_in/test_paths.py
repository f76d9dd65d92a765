from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from ui.sign_in.paths import TOO_LONG, safe_next


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/manuals",
        "/manage_manuals?tab=2",
        "/?answer=abc.1",
        "/pages/v1/3.png?q=1",
        "/マニュアル?q=年休",
        "/%E3%83%9E",
        "/a/b/",
        "/signing",
        "/@home",
        "/?next=https://elsewhere.example/",
        "/a#b",
        "/a;b=c",
        "/?q=" + "%E5%B9%B4" * 1_000,
    ],
)
def test_a_page_of_our_own_is_led_back_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "value",
    [
        "",
        "manuals",
        "https://elsewhere.example/",
        "HTTPS:elsewhere.example",
        "//elsewhere.example",
        "///elsewhere.example",
        "////elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/a\\..\\..\\elsewhere.example",
        "/%5Celsewhere.example",
        "/%2Felsewhere.example",
        "/%2f%2felsewhere.example",
        "/.//elsewhere.example",
        "/a/..//elsewhere.example",
        "/a//elsewhere.example",
        "/..//elsewhere.example",
        "/%2e%2e//elsewhere.example",
        "/%2e%2e/signin",
        "/a/./b",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "\t//elsewhere.example",
        " //elsewhere.example",
        "/\x00",
        "/%00",
        "/%0d%0aSet-Cookie:%20a=b",
        "/a\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\ud800",
        "/\u202eelsewhere",
        "/%ff",
        "/signin",
        "/signin/",
        "/signin?next=/",
        "/signin/oidc",
        "/SignIn",
        "/signin%2Foidc",
        "/signout",
        "/auth/logout",
        "//[",
        "http://[",
        "/" + "a" * 1_000,
        "/manuals?q=" + "%E5%B9%B4" * 1_020,
    ],
)
def test_everything_else_leads_home(value: str) -> None:
    assert safe_next(value) == "/"


def test_a_question_that_is_too_long_leads_to_where_this_is_said() -> None:
    assert safe_next("/?q=" + "%E5%B9%B4" * 1_020) == TOO_LONG
    assert safe_next("//elsewhere.example/?q=" + "%E5%B9%B4" * 1_020) == "/"


@pytest.mark.parametrize("start", ["/", "//", "/\\", "/%2F", "/.", "/@", "/a/", "\\/", "/;", "/?"])
@pytest.mark.parametrize("end", ["e.example", "/e.example", "\\e.example", ":80", "@e.example"])
def test_what_is_let_through_stays_on_the_host(start: str, end: str) -> None:
    target = urljoin("https://assistant.example/signin/oidc/callback", safe_next(start + end))
    assert urlsplit(target).netloc == "assistant.example"
    assert urlsplit(target).path.startswith("//") is False
