"""How many values a label may take."""

from __future__ import annotations

from monitor.metrics.labels import FOLDING, LabelSets, Operators, Reasons


def test_the_largest_of_a_batch_get_the_slots() -> None:
    """Equal shares of 40 operators: each carries more than a hundredth, and the largest come first."""
    operators = Operators(4)
    operators.weigh({f"as{size}": 1_000 + size for size in range(40)})

    assert [name for name in (f"as{size}" for size in range(40)) if operators.name(name) == name] == [
        "as36", "as37", "as38", "as39",
    ]  # fmt: skip


def test_what_the_ledger_knows_comes_before_what_a_batch_brings() -> None:
    """The ledger's largest keep their names over a restart, whatever the first batch holds."""
    operators = Operators(2)
    operators.reserve(["scaleway", "microsoft_azure", "too_late"])
    operators.weigh({"as64496": 10**12})

    assert [operators.name(name) for name in ("scaleway", "microsoft_azure", "too_late", "as64496")] == [
        "scaleway", "microsoft_azure", "other", "other",
    ]  # fmt: skip


def test_half_of_the_slots_wait_for_operators_that_matter() -> None:
    """A public site sees many small access networks first; the cloud that comes later still gets its name."""
    operators = Operators(10)
    operators.weigh({f"as{number}": 1 for number in range(1_000)})
    named = sum(operators.name(f"as{number}") != "other" for number in range(1_000))
    operators.weigh({"microsoft_azure": 1_000_000})

    assert (named, operators.name("microsoft_azure")) == (5, "microsoft_azure")


def test_an_operator_grows_into_a_slot() -> None:
    """What counts is the share of all octets so far, not of one batch."""
    operators = Operators(2)
    operators.weigh({"first": 5_000})
    before = []
    for _ in range(60):
        before.append(operators.name("slow"))
        operators.weigh({"slow": 1, "first": 9})

    assert (before[0], before[-1]) == ("other", "slow")


def test_names_that_wait_for_a_slot_are_bounded() -> None:
    """A hostile input cannot grow the memory."""
    operators = Operators(2)
    operators.weigh({"first": 10**9})
    for batch in range(5):
        operators.weigh({f"as{batch}_{number}": number for number in range(5_000)})

    assert len(operators._waiting) <= 10_000


def test_label_sets_lose_detail_in_steps_and_never_their_verdict() -> None:
    """First the country of the place and the operator, then the country of control; a known set stays as it was."""
    sets = LabelSets((*FOLDING, "place_verdict"), limit=5)
    placed = [sets.place((f"P{number}", f"C{number}", f"o{number}", "eea")) for number in range(7)]

    assert placed == [
        *((f"P{number}", f"C{number}", f"o{number}", "eea") for number in range(4)),
        ("other", "C4", "other", "eea"),
        ("other", "other", "other", "eea"),
        ("other", "other", "other", "eea"),
    ]
    assert sets.place(("P0", "C0", "o0", "eea")) == ("P0", "C0", "o0", "eea")
    assert len(sets) == 6


def test_reasons_are_bounded_by_source_and_outcome() -> None:
    """A source whose list is not closed after all does not become a cardinality of its own."""
    reasons = Reasons(most=1)

    assert [reasons.name("zeek", "broken", reason) for reason in ("short", "long", "short")] == [
        "short", "other", "short",
    ]  # fmt: skip
    assert reasons.name("pcap", "broken", "long") == "long"
