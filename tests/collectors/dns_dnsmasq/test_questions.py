"""Which question an answer belongs to."""

from __future__ import annotations

import json

from collectors.dns_dnsmasq.questions import QUESTIONS_KEPT, Question, Questions, reverse_name


def question(name: str, client: str = "10.20.0.5", type_: str = "A", serial: str | None = None) -> Question:
    """A question of one instance of dnsmasq."""
    return Question("gw/501", serial, client, name, type_)


def client(
    questions: Questions, name: str, family: str | None = "A", source: str = "reply", serial: str | None = None
) -> str | None:
    """Who an answer is for."""
    found = questions.answered("gw/501", serial, name, family, source)
    return found.client if found else None


def test_a_serial_number_joins_whatever_the_names() -> None:
    """Also when another question came between, and for every address of the answer."""
    questions = Questions()
    questions.asked(question("a.example", "10.20.0.5", serial="1"))
    questions.asked(question("a.example", "10.20.0.6", serial="2"))

    assert [client(questions, "edge.example", serial=each) for each in ("2", "1", "2")] == [
        "10.20.0.6",
        "10.20.0.5",
        "10.20.0.6",
    ]


def test_a_serial_number_that_begins_anew_is_another_question() -> None:
    """The count is from 1 when the program starts."""
    questions = Questions()
    for each in ("10.20.0.5", "10.20.0.6"):
        questions.asked(question("a.example", each, serial="1"))
        questions.answered("gw/501", "1", "a.example", "A", "reply")

    assert client(questions, "a.example", serial="1") == "10.20.0.6"


def test_by_name_the_type_of_the_address_tells_the_question() -> None:
    """A and AAAA for one name cross."""
    questions = Questions()
    questions.asked(question("a.example", "10.20.0.5", "A"))
    questions.asked(question("a.example", "10.20.0.6", "AAAA"))

    assert (client(questions, "a.example", "AAAA"), client(questions, "a.example", "A")) == ("10.20.0.6", "10.20.0.5")


def test_an_alias_is_followed_by_what_it_stands_for() -> None:
    """Whatever its name is; the next name is another answer."""
    questions = Questions()
    questions.asked(question("a.example"))
    questions.answered("gw/501", None, "a.example", None, "reply")
    questions.told_alias()

    assert [client(questions, name) for name in ("edge.example", "edge.example", "other.example")] == [
        "10.20.0.5",
        "10.20.0.5",
        None,
    ]


def test_a_reply_goes_to_the_question_that_was_forwarded() -> None:
    """And an answer of the cache to the one asked last."""
    questions = Questions()
    questions.asked(question("a.example", "10.20.0.5"))
    questions.forwarded("gw/501", None, "a.example", "9.9.9.9")
    questions.asked(question("a.example", "10.20.0.6"))

    assert (client(questions, "a.example", source="cached"), client(questions, "a.example")) == (
        "10.20.0.6",
        "10.20.0.5",
    )


def test_an_answer_without_a_question_has_no_client() -> None:
    """It is not guessed."""
    assert client(Questions(), "a.example") is None


def test_too_many_questions_push_out_the_oldest() -> None:
    """And it is told."""
    questions = Questions()
    told = [questions.asked(question(f"n{number}.example", serial=str(number))) for number in range(QUESTIONS_KEPT + 2)]

    assert (sum(told), client(questions, "n1.example", serial="1"), client(questions, "n2.example", serial="2")) == (
        2,
        None,
        "10.20.0.5",
    )


def test_questions_for_one_name_push_out_the_oldest_of_it() -> None:
    """So that a name asked again and again costs no more than others."""
    questions = Questions()

    assert sum(questions.asked(question("a.example")) for _ in range(25)) == 5


def test_the_state_is_all_that_matters() -> None:
    """Open questions, answered ones, and the answer that is being told."""
    questions = Questions()
    questions.asked(question("a.example", serial="1"))
    questions.answered("gw/501", "1", "a.example", "A", "reply")
    questions.asked(question("b.example", "10.20.0.6"))
    questions.asked(question("c.example", "10.20.0.7"))
    questions.answered("gw/501", None, "c.example", None, "reply")
    questions.told_alias()
    again = Questions.resumed(json.loads(json.dumps(questions.state())))

    assert [client(again, "edge.example"), client(again, "b.example"), client(again, "a.example", serial="1")] == [
        "10.20.0.7",
        "10.20.0.6",
        "10.20.0.5",
    ]
    assert Questions.resumed(json.loads(json.dumps(questions.state()))).state() == questions.state()


def test_an_address_is_asked_for_under_its_reverse_name() -> None:
    """A name has none."""
    assert [reverse_name(text) for text in ("192.0.2.9", "2001:db8::1", "a.example", "1.2.3")] == [
        "9.2.0.192.in-addr.arpa",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        None,
        None,
    ]
