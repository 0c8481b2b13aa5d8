"""What each address answers: status, form, words, and nothing that a browser could run."""

from __future__ import annotations

import pytest

from monitor.web.headers import HEADERS
from monitor.web.portal import Health
from tests.monitor.web.served import Pages

_TEXT = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("path", "status", "form"),
    [
        ("/", 200, _HTML),
        ("/healthz", 200, _JSON),
        ("/readyz", 200, _JSON),
        ("/metrics", 200, "text/plain; version=1.0.0; charset=utf-8"),
        ("/report/2026-10", 200, _HTML),
        ("/report/2026-10?lang=fr", 200, _HTML),
        ("/report/2026-10.json", 200, _JSON),
        ("/report/2026-09", 404, _TEXT),
        ("/report/2026-09.json", 404, _TEXT),
        ("/report/2026-10?lang=de", 400, _TEXT),
        ("/findings/f-aaaaaaaaaa", 200, _TEXT),
        ("/findings/f-bbbbbbbbbb", 404, _TEXT),
        ("/findings/f-aaaaaaaaaa?lang=de", 400, _TEXT),
        ("/findings", 200, _HTML),
        ("/findings?system=warehouse&state=open&lang=fr", 200, _HTML),
        ("/findings?state=x", 400, _TEXT),
        ("/nothing", 404, _TEXT),
    ],
)
def test_each_address_has_its_status_and_form(path: str, status: int, form: str) -> None:
    """Also those that are not there."""
    response = Pages().ask(path)

    assert (response.status_code, response.headers["content-type"]) == (status, form)


@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("GET", "/", "127.0.0.1"),
        ("HEAD", "/", "127.0.0.1"),
        ("GET", "/metrics", "127.0.0.1"),
        ("GET", "/report/2026-10", "127.0.0.1"),
        ("GET", "/report/2026-09", "127.0.0.1"),
        ("GET", "/report/2026-10?lang=de", "127.0.0.1"),
        ("GET", "/nothing", "127.0.0.1"),
        ("POST", "/", "127.0.0.1"),
        ("GET", "/", "evil.example"),
    ],
)
def test_every_answer_bears_the_security_headers(method: str, path: str, host: str) -> None:
    """Errors and refusals too."""
    response = Pages().ask(path, method, host=host)

    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_a_page_that_fails_bears_the_security_headers() -> None:
    """What went wrong is not told to the browser."""
    response = Pages(failure=RuntimeError(_HOSTILE)).ask("/report/2026-10")

    assert (response.status_code, _HOSTILE in response.text) == (500, False)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_the_language_is_english_unless_asked_for() -> None:
    """Both are of the same month."""
    pages = Pages()
    texts = [pages.ask(f"/report/2026-10{query}").text for query in ("", "?lang=en", "?lang=fr")]

    assert texts == ["<p>2026-10 in en</p>", "<p>2026-10 in en</p>", "<p>2026-10 in fr</p>"]


def test_json_is_not_taken_for_a_month() -> None:
    """The address with the ending is that of the figures."""
    assert Pages().ask("/report/2026-10.json").json() == {"month": "2026-10"}


@pytest.mark.parametrize("path", ["/report/2026-09", "/report/2026-09.json", "/report/%3Cscript%3E"])
def test_an_unknown_month_is_told_which_there_are(path: str) -> None:
    """What was asked for is not repeated."""
    assert Pages().ask(path).text == "The ledger holds no such month. It holds: 2026-11, 2026-10."


def test_an_empty_ledger_holds_no_month_yet() -> None:
    """On the first page and for whoever asks."""
    pages = Pages(months=())

    assert pages.ask("/report/2026-10").text == "The ledger holds no such month. It holds: none yet."
    assert "<li>none yet</li>" in pages.ask("/").text


def test_an_unknown_language_is_told_which_there_are() -> None:
    """What was asked for is not repeated."""
    text = Pages().ask("/report/2026-10?lang=%3Cscript%3E").text

    assert text == "There are no words in that language. Write one of: en, fr."


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8480", 200),
        ("localhost:8480", 200),
        ("[::1]:8480", 200),
        ("evil.example", 400),
        ("evil.example:8480", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
    ],
)
def test_only_names_of_this_machine_are_answered(host: str, status: int) -> None:
    """A page of another site must not reach this one under a name of its own."""
    assert Pages().ask("/", host=host).status_code == status


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/report/2026-10", "/report/2026-10.json"])
def test_head_has_the_headers_of_get_and_no_body(path: str) -> None:
    """For whoever only asks whether it is there."""
    pages = Pages()
    got, headed = pages.ask(path), pages.ask(path, "HEAD")

    assert (headed.status_code, headed.content) == (got.status_code, b"")
    assert headed.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/report/2026-10", "/report/2026-10.json"])
def test_nothing_can_be_changed(method: str, path: str) -> None:
    """Everything is read."""
    response = Pages().ask(path, method)

    assert (response.status_code, response.headers["allow"].replace(" ", "").split(",")) in [
        (405, ["GET", "HEAD"]),
        (405, ["HEAD", "GET"]),
    ]


def test_health_that_fails_is_503() -> None:
    """With the same facts as when all is well."""
    pages = Pages(health=Health(is_well=False, says="the disk is full", facts={"records": 7}))
    response = pages.ask("/healthz")

    assert (response.status_code, response.json()) == (
        503,
        {"status": "failing", "says": "the disk is full", "records": 7},
    )


def test_health_that_is_well_is_200() -> None:
    """In words for people, in facts for machines."""
    assert Pages().ask("/healthz").json() == {"status": "ok", "says": "all is well", "records": 7}


def test_ready_is_asked_apart_from_health() -> None:
    """What has not begun yet is alive."""
    pages = Pages(ready=Health(is_well=False, says="not looked at yet: gateway", facts={}))
    answers = [pages.ask(path) for path in ("/healthz", "/readyz")]

    assert [(each.status_code, each.json()["says"]) for each in answers] == [
        (200, "all is well"),
        (503, "not looked at yet: gateway"),
    ]


def test_what_is_behind_a_finding_is_told_in_the_language_that_is_asked_for() -> None:
    """English unless asked for."""
    texts = [Pages().ask(f"/findings/f-aaaaaaaaaa{query}").text for query in ("", "?lang=fr")]

    assert texts == ["what was found, in en", "what was found, in fr"]


@pytest.mark.parametrize("path", ["/report/2026-10", "/report/2026-10.json", "/findings", "/findings/f-aaaaaaaaaa"])
def test_reports_can_be_left_out(path: str) -> None:
    """Where anybody could read them; the first page names none."""
    pages = Pages(shows_reports=False)

    first = pages.ask("/").text
    assert (pages.ask(path).status_code, "2026-10" in first, "/findings" in first) == (404, False, False)


@pytest.mark.parametrize(("host", "status"), [("monitor.example.org:8480", 200), ("example.org", 400)])
def test_a_site_may_have_names_of_its_own(host: str, status: int) -> None:
    """Others are strange as before."""
    assert Pages(hosts=("monitor.example.org",)).ask("/healthz", Host=host).status_code == status


def test_metrics_are_those_of_the_registry() -> None:
    """As Prometheus reads them."""
    pages = Pages()
    pages.count()

    assert "sample_records_total 1.0" in pages.ask("/metrics").text.splitlines()


@pytest.mark.parametrize(
    "pages",
    [
        Pages(site=_HOSTILE),
        Pages(health=Health(is_well=True, says=_HOSTILE, facts={})),
        Pages(months=(_HOSTILE,)),
    ],
    ids=["site", "health", "month"],
)
def test_words_of_others_are_text_on_the_first_page(pages: Pages) -> None:
    """A site's name and a health sentence are never markup."""
    text = pages.ask("/").text

    assert ("<script" in text, "&lt;script&gt;" in text) == (False, True)
