"""What is read of a file: what is new of it, whole lines, known by content whatever it is called."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from collectors.files import ReadLimits
from monitor.app import build_writer
from monitor.inputs import find_inputs
from monitor.keeping import Findings, Keeping
from monitor.ledger.read import outcomes_of
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from tests.judging import HEADER, OURS, Site, line
from tests.monitor.ledger.keepers import FROM, UNTIL, Keeper, contents, measures, records

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_ABROAD = "5.188.10.7"
_HEAD = f"{HEADER}\n".encode()
_WINDOW = 1_024


@pytest.fixture
def keeper(tmp_path: Path, knowledge: Knowledge) -> Keeper:
    """A site of two systems."""
    return Keeper.of(Site().write(tmp_path), knowledge)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where a ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a log will be."""
    return tmp_path / "flow.log"


def body(count: int, first: int = 1_000) -> bytes:
    """Records of which each has another number of octets."""
    return "".join(f"{line(OURS, _ABROAD, octets=first + number)}\n" for number in range(count)).encode()


def put(path: Path, octets: bytes) -> Path:
    """Write a file."""
    path.write_bytes(octets)
    return path


def exactly(octets: int) -> bytes:
    """A log of so many octets: the last record has the blanks of a long interface name."""
    text = _HEAD + body(3)
    padded = line(OURS, _ABROAD, interface_id="eni-")
    name = "eni-" + "x" * (octets - len(text) - len(padded) - 1)
    return text + f"{line(OURS, _ABROAD, interface_id=name)}\n".encode()


# Known by content


def test_a_file_with_nothing_but_a_header_is_known_by_nothing(keeper: Keeper, ledger: Path, log: Path) -> None:
    """It is no input, however often it is read; a record that follows is counted."""
    put(log, _HEAD)
    found = [keeper.keep(ledger, log) for _ in range(2)]
    put(log, _HEAD + body(1))
    keeper.keep(ledger, log)

    assert ([(each.read, each.already, each.to_hear_of) for each in found], records(ledger)) == (
        [(0, 1, False), (0, 1, False)],
        1,
    )


def test_files_with_the_header_of_an_empty_one_are_others(keeper: Keeper, ledger: Path, tmp_path: Path) -> None:
    """Long ones, short ones and growing ones; nobody is told that one was rewritten."""
    logs = [put(tmp_path / f"{number}.log", _HEAD + body(count, 5_000 * number)) for number, count in
            enumerate((0, 30, 2, 60, 0))]  # fmt: skip
    findings = keeper.keep(ledger, *logs)
    again = keeper.keep(ledger, *logs)

    assert (records(ledger), findings.rewritten, findings.shorter) == (92, [], [])
    assert (again.read, again.already, again.to_hear_of) == (0, 5, False)


@pytest.mark.parametrize("records_first", [1, 3, 8])
def test_a_file_that_was_short_when_first_seen_is_the_same_when_it_has_grown(
    keeper: Keeper, ledger: Path, log: Path, records_first: int
) -> None:
    """Also under another name."""
    put(log, _HEAD + body(records_first))
    keeper.keep(ledger, log)
    findings = keeper.keep(ledger, put(log.with_name("flow.log.1"), _HEAD + body(50)))

    assert (findings.read, findings.rewritten, records(ledger)) == (1, [], 50)


@pytest.mark.parametrize("octets", [_WINDOW - 1, _WINDOW, _WINDOW + 1])
def test_a_file_of_about_the_octets_it_is_known_by_counts_once(
    keeper: Keeper, ledger: Path, log: Path, octets: int
) -> None:
    """Before and after it has grown."""
    text = exactly(octets)
    put(log, text)
    keeper.keep(ledger, log)
    keeper.keep(ledger, log)
    first = records(ledger)
    put(log, text + body(7, 9_000))
    keeper.keep(ledger, log)

    assert (len(text), first, records(ledger)) == (octets, 4, 11)


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_a_partial_copy_of_any_length_adds_nothing(
    keeper: Keeper, ledger: Path, log: Path, tmp_path: Path, *, compressed: bool
) -> None:
    """It ends between lines or within one, before and after the octets that an input is known by."""
    text = _HEAD + body(40)
    put(log, text)
    keeper.keep(ledger, log)
    copy = tmp_path / "copy.log"
    read = 0
    for octets in (60, len(_HEAD), 300, 421, 700, 1_000, 1_023, 1_024, 1_025, 1_500, 2_048, 3_000, len(text) - 1):
        end = text.rfind(b"\n", 0, octets) + 1 if compressed else octets  # a last line in full is a line there
        put(copy, gzip.compress(text[:end]) if compressed else text[:end])
        read += keeper.keep(ledger, copy).read

    assert (read, records(ledger)) == (0, 40)


def test_a_partial_copy_is_told(keeper: Keeper, ledger: Path, log: Path, tmp_path: Path) -> None:
    """A person may have meant it to be something else."""
    put(log, _HEAD + body(40))
    keeper.keep(ledger, log)
    copy = put(tmp_path / "copy.log", _HEAD + body(4))
    findings = keeper.keep(ledger, copy)

    assert (findings.shorter, findings.to_hear_of) == ([copy], True)


def test_a_copy_that_was_read_before_the_whole_is_the_same_input(
    keeper: Keeper, ledger: Path, log: Path, tmp_path: Path
) -> None:
    """What is more in the whole is read on, and the copy has nothing new after that."""
    copy = put(tmp_path / "copy.log", _HEAD + body(4))
    put(log, _HEAD + body(40))
    for path in (copy, log, copy):
        keeper.keep(ledger, path)

    assert records(ledger) == 40


def test_a_file_that_begins_as_another_and_goes_on_otherwise_is_a_new_input(
    keeper: Keeper, ledger: Path, log: Path, tmp_path: Path
) -> None:
    """The first octets are the same, the ones before the checkpoint are not."""
    begin = _HEAD + body(10)
    put(log, begin + body(40, 5_000))
    other = put(tmp_path / "other.log", begin + body(50, 7_000))
    keeper.keep(ledger, log)
    findings = [keeper.keep(ledger, other) for _ in range(2)]

    assert len(begin) > _WINDOW
    assert ([each.read for each in findings], findings[0].rewritten, records(ledger)) == ([1, 0], [other], 110)


def test_a_shorter_file_that_goes_on_otherwise_is_a_new_input(
    keeper: Keeper, ledger: Path, log: Path, tmp_path: Path
) -> None:
    """It ends before the checkpoint of the input that begins so; a window before that tells them apart."""
    begin = _HEAD + body(10)
    put(log, begin + body(80, 5_000))
    other = put(tmp_path / "other.log", begin + body(20, 7_000))
    keeper.keep(ledger, log)
    findings = [keeper.keep(ledger, other) for _ in range(2)]

    assert ([each.read for each in findings], records(ledger)) == ([1, 0], 120)


def test_a_file_that_is_truncated_and_rewritten_is_a_new_input(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Shorter or longer than before, and it is told."""
    put(log, _HEAD + body(30))
    keeper.keep(ledger, log)
    put(log, _HEAD + body(5, 5_000))
    shorter = keeper.keep(ledger, log)
    put(log, _HEAD + body(60, 9_000))
    longer = keeper.keep(ledger, log)

    assert (shorter.rewritten, longer.rewritten, records(ledger)) == ([log], [log], 95)


def test_a_file_that_was_rotated_away_is_nothing_to_hear_of(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Another file of its name is a new input, the old one is known under its new name."""
    put(log, _HEAD + body(30))
    keeper.keep(ledger, log)
    old = log.rename(log.with_name("flow.log.1"))
    put(log, _HEAD + body(5, 5_000))
    findings = keeper.keep(ledger, log, old)

    assert (findings.read, findings.already, findings.rewritten, records(ledger)) == (1, 1, [], 35)


# Lines and their ends


def test_a_last_line_without_its_end_waits_in_a_plain_file(keeper: Keeper, ledger: Path, log: Path) -> None:
    """It is told, and counted once it has its end."""
    text = _HEAD + body(3)
    put(log, text[:-1])
    first = keeper.keep(ledger, log)
    before = records(ledger)
    put(log, text)
    second = keeper.keep(ledger, log)

    assert (first.waiting, before, second.waiting, records(ledger)) == ([log], 2, [], 3)


def test_a_last_line_that_is_cut_within_a_number_is_not_taken_for_a_record(
    keeper: Keeper, ledger: Path, log: Path
) -> None:
    """A part of a line may look like a whole one."""
    text = _HEAD + body(2)
    for octets in range(len(text) - 30, len(text)):
        put(log, text[:octets])
        keeper.keep(ledger, log)
    put(log, text)
    keeper.keep(ledger, log)

    assert (keeper.tally.broken_records, measures(ledger)["octets_out"]) == (0, 2_001)


def test_a_last_line_without_its_end_counts_in_a_compressed_file(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Such a file does not grow; the plain form of it has nothing new."""
    text = (_HEAD + body(3))[:-1]
    first = keeper.keep(ledger, put(log.with_name("flow.log.gz"), gzip.compress(text)))
    keeper.keep(ledger, put(log, text + b"\n"))

    assert (first.waiting, records(ledger)) == ([], 3)


def test_lines_that_end_as_on_windows_count_once(keeper: Keeper, ledger: Path, log: Path) -> None:
    """In pieces of one line as well."""
    text = (_HEAD + body(12)).replace(b"\n", b"\r\n")
    put(log, text[: len(text) // 2])
    keeper.limits, keeper.commit_lines = ReadLimits(lines=1), 1
    keeper.keep(ledger, log)
    put(log, text)
    keeper.keep(ledger, log)

    assert (records(ledger), measures(ledger)["octets_out"]) == (12, sum(range(1_000, 1_012)))


def test_a_line_that_is_too_long_is_passed_once(keeper: Keeper, ledger: Path, log: Path) -> None:
    """It is a broken record, and what follows is read on from its end."""
    long = b"x" * 200_000 + b"\n"
    for text in (_HEAD + body(2) + long[:90_000], _HEAD + body(2) + long, _HEAD + body(2) + long + body(2, 5_000)):
        put(log, text)
        keeper.keep(ledger, log)
    said = contents(ledger)
    keeper.keep(log.with_name("whole.db"), log)

    assert (records(ledger), said["outcomes"], said["checkpoints"]) == (
        4,
        contents(log.with_name("whole.db"))["outcomes"],
        contents(log.with_name("whole.db"))["checkpoints"],
    )


def test_a_header_that_changes_within_a_file_holds_after_a_checkpoint(keeper: Keeper, ledger: Path, log: Path) -> None:
    """The order of the fields in force is part of what is kept between two runs."""
    turned = " ".join(reversed(HEADER.split()))
    rows = [" ".join(reversed(text.split())) for text in body(6, 5_000).decode().splitlines()]
    text = _HEAD + body(4) + "\n".join([turned, *rows, ""]).encode()
    keeper.commit_lines, keeper.limits = 1, ReadLimits(lines=1)
    cut = len(_HEAD + body(4)) + len(turned) + 1 + 2 * (len(rows[0]) + 1)
    for octets in (cut, len(text)):
        put(log, text[:octets])
        keeper.keep(ledger, log)

    assert (keeper.tally.broken_records, records(ledger)) == (0, 10)
    assert measures(ledger)["octets_out"] == sum(range(1_000, 1_004)) + sum(range(5_000, 5_006))


# Files that break off


def test_a_compressed_file_that_breaks_off_is_read_on_when_it_is_complete(
    keeper: Keeper, ledger: Path, log: Path
) -> None:
    """What could be read counts; it is told each time that the rest is missing."""
    whole = gzip.compress(_HEAD + body(3_000))
    packed = log.with_name("flow.log.gz")
    counts, unreadable = [], []
    for octets in (len(whole) // 3, len(whole) // 2, len(whole) - 4, len(whole)):
        put(packed, whole[:octets])
        keeper.keep(ledger, packed)
        counts.append(records(ledger) if ledger.exists() else 0)
        unreadable.append(len(keeper.tally.unreadable))

    assert (counts == sorted(counts), counts[-1], unreadable) == (True, 3_000, [1, 1, 1, 0])
    assert 0 < counts[0] < counts[1] < 3_000
    assert measures(ledger)["octets_out"] == sum(range(1_000, 4_000))


def test_a_compressed_file_that_breaks_off_before_its_checkpoint_adds_nothing(
    keeper: Keeper, ledger: Path, log: Path
) -> None:
    """It is a part of what was read, which is told."""
    whole = gzip.compress(_HEAD + body(3_000))
    packed = put(log.with_name("flow.log.gz"), whole)
    keeper.keep(ledger, packed)
    put(packed, whole[: len(whole) // 2])
    findings = keeper.keep(ledger, packed)

    assert (findings.shorter, records(ledger)) == ([packed], 3_000)


def test_one_unreadable_file_does_not_stop_the_others(keeper: Keeper, ledger: Path, log: Path) -> None:
    """It is told why it was not read."""
    damaged = put(log.with_name("damaged.log.gz"), b"\x1f\x8b\x08\x00damaged")
    findings = keeper.keep(ledger, damaged, put(log, _HEAD + body(2)))

    assert (list(keeper.tally.unreadable), findings.read, records(ledger)) == ([str(damaged)], 1, 2)


# What is told


def test_another_basis_says_so_and_does_nothing(keeper: Keeper, ledger: Path, log: Path, tmp_path: Path) -> None:
    """Judging again never edits."""
    put(log, _HEAD + body(3))
    keeper.keep(ledger, log)
    before = contents(ledger)
    (tmp_path / "inventory.yaml").write_text("systems: [{id: other, networks: [10.20.0.0/16], data_class: health}]\n")
    put(log, _HEAD + body(9))
    findings = Keeper.of(tmp_path / "transferwatch.yaml", keeper.knowledge).keep(ledger, log)

    assert (findings.other_basis, findings.read, findings.to_hear_of) == ([log], 0, True)
    assert contents(ledger) == before


def test_who_follows_reads_on_under_another_basis(keeper: Keeper, ledger: Path, log: Path, tmp_path: Path) -> None:
    """What was judged stays, what came since is judged as it is now, and the input is of that basis from then on."""
    keeper.keep(ledger, put(log, _HEAD + body(3)))
    (tmp_path / "inventory.yaml").write_text("systems: [{id: other, networks: [10.20.0.0/16], data_class: health}]\n")
    put(log, _HEAD + body(9))
    later = Keeper.of(tmp_path / "transferwatch.yaml", keeper.knowledge)
    findings = Findings()
    with open_ledger(f"sqlite:///{ledger}") as opened:
        writer = build_writer(later.site, later.knowledge, opened, later.today)
        keeping = Keeping(Replay(later.pipeline, later.summation), writer, reads_on=True)
        for _ in keeping.keep(find_inputs([log], "aws_vpc", later.site).inputs, later.tally, findings):
            pass
    again = later.keep(ledger, log)

    assert (findings.read, later.tally.records, records(ledger)) == (1, 0, 9)
    assert (again.already, again.other_basis) == (1, [])


def test_a_new_input_is_judged_beside_those_of_another_basis(
    keeper: Keeper, ledger: Path, log: Path, tmp_path: Path
) -> None:
    """Only what is there already is left alone."""
    keeper.keep(ledger, put(log, _HEAD + body(3)))
    (tmp_path / "inventory.yaml").write_text("systems: [{id: other, networks: [10.20.0.0/16], data_class: health}]\n")
    later = put(tmp_path / "later.log", _HEAD + body(5, 9_000))
    Keeper.of(tmp_path / "transferwatch.yaml", keeper.knowledge).keep(ledger, later)
    systems = {row[-1] for row in contents(ledger)["transfers"]}

    assert (records(ledger), systems) == (8, {"other", "warehouse"})


def test_commits_are_heard_of_after_the_fact(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Each with its records; together they are all."""
    put(log, _HEAD + body(10))
    keeper.commit_lines, keeper.limits = 4, ReadLimits(lines=4)
    heard: list[tuple[int, int]] = []
    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        told = lambda batch: heard.append((batch.records, records(ledger)))  # noqa: E731 - one fact
        for _ in keeper.steps(opened, [log], Findings(), committed=told):
            pass

    assert heard == [(3, 3), (4, 7), (3, 10)]


def test_the_tally_counts_what_this_run_has_committed(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Not what was there before."""
    put(log, _HEAD + body(10))
    keeper.keep(ledger, log)
    put(log, _HEAD + body(14))
    keeper.keep(ledger, log)

    assert (keeper.tally.records, keeper.tally.judged, keeper.tally.inputs) == (4, 4, 1)


# What cannot be read


def unreadable(ledger: Path) -> list[tuple[str, str]]:
    """Source and reason of the inputs that the ledger has as unreadable."""
    with open_ledger(f"sqlite:///{ledger}") as opened, opened.reading() as connection:
        found = outcomes_of(connection, FROM, UNTIL).filter(outcome="unreadable")
    return found.select("source", "reason").rows()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (gzip.compress(_HEAD + body(9))[:-30], "cut_off"),
        (gzip.compress(_HEAD + body(9))[:60] + b"damaged" * 9, "damaged"),
        (gzip.compress(_HEAD + b" " * 300_000), "bomb"),
    ],
    ids=["cut_off", "damaged", "bomb"],
)
def test_an_unreadable_input_counts_once(
    keeper: Keeper, ledger: Path, log: Path, content: bytes, expected: str
) -> None:
    """However often it is found, under whatever name."""
    keeper.limits = ReadLimits(unpacked_octets=100_000)
    put(log, content)
    keeper.keep(ledger, log)
    keeper.keep(ledger, log)
    keeper.keep(ledger, log.rename(log.with_name("flow.log.1")))

    assert unreadable(ledger) == [("aws_vpc", expected)]


def test_what_came_before_a_break_was_read(keeper: Keeper, ledger: Path, log: Path) -> None:
    """The file is told as read, and as broken."""
    put(log, gzip.compress(_HEAD + body(5_000))[:-30])
    findings = keeper.keep(ledger, log)

    assert (findings.read, list(findings.unreadable.values()), records(ledger) > 0) == (1, ["cut_off"], True)


def test_it_is_heard_of_once(keeper: Keeper, ledger: Path, log: Path) -> None:
    """Also by another process."""
    put(log, gzip.compress(_HEAD + body(9))[:-30])
    heard: list[str] = []
    for _ in range(2):
        with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
            steps = keeper.steps(opened, [log], Findings(), committed=lambda each: heard.append(each.unreadable))
            for _ in steps:
                pass

    assert [each for each in heard if each] == ["cut_off"]


def test_an_input_that_becomes_readable_is_read_and_forgotten_as_unreadable(
    keeper: Keeper, ledger: Path, log: Path
) -> None:
    """Nothing of it is missing any more."""
    whole = gzip.compress(_HEAD + body(9))
    put(log, whole[:-30])
    keeper.keep(ledger, log)
    before = unreadable(ledger)
    put(log, whole)
    keeper.keep(ledger, log)

    assert (before, unreadable(ledger), records(ledger)) == ([("aws_vpc", "cut_off")], [], 9)
