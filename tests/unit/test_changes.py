"""Changes and measures."""

from __future__ import annotations

import pytest

from jibek.corridor import Change, ChangeError, Corridor, read


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return read("starter")


def test_a_value_is_set_multiplied_and_added(corridor: Corridor) -> None:
    changed = corridor.with_changes("links.sea.run_h=20", "links.sea.run_h*=1.5", "fleets.ferries.count+=1")
    assert changed.links["sea"].run_h == 30
    assert changed.fleets["ferries"].count == 3
    assert corridor.links["sea"].run_h == 24
    assert changed.changes == ("links.sea.run_h=20", "links.sea.run_h*=1.5", "fleets.ferries.count+=1")


def test_a_star_means_all_rows(corridor: Corridor) -> None:
    changed = corridor.with_changes("flows.*.teu_per_year*=2")
    assert [flow.teu_per_year for flow in changed.flows.values()] == [52_000, 18_000]


def test_changes_are_remembered_and_equality_is_of_content(corridor: Corridor) -> None:
    there = corridor.with_changes("links.sea.run_h=20")
    back = there.with_changes("links.sea.run_h=24")
    assert back == corridor
    assert back.hash == corridor.hash != there.hash
    assert back.changes == ("links.sea.run_h=20", "links.sea.run_h=24")


def test_nothing_changed_is_the_same(corridor: Corridor) -> None:
    assert corridor.with_changes() is corridor


def test_a_blank_value_is_the_default(corridor: Corridor) -> None:
    changed = corridor.with_changes("zones.dp-1435.sidings=", "links.sea.run_cv=", "closures.storm.months=")
    assert changed.zones["dp-1435"].sidings is None
    assert changed.links["sea"].run_cv == 0
    assert changed.closures["storm"].months == ()


def test_values_are_written_as_in_cells(corridor: Corridor) -> None:
    changed = corridor.with_changes(
        "closures.storm.months=1 2",
        "transfers.dp-west.steps=dp-crane>dp-stacker",
        "links.sea.via=42 50; 41 50.5",
        "measures.growth.ready=2030-01-01",
    )
    assert changed.closures["storm"].months == (1, 2)
    assert changed.transfers["dp-west"].steps == ("dp-crane", "dp-stacker")
    assert changed.links["sea"].via == ("42 50", "41 50.5")


def test_whole_numbers_stay_whole(corridor: Corridor) -> None:
    changed = corridor.with_changes("fleets.sets-1520.count*=1.1")
    assert changed.fleets["sets-1520"].count == 11
    assert isinstance(changed.fleets["sets-1520"].count, int)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" links.sea.run_h *= 1.10 ", "links.sea.run_h*=1.1"),
        ("links.sea.run_h+=1e1", "links.sea.run_h+=10"),
        ("links.*.run_h=7.50", "links.*.run_h=7.50"),
        ("uncertainty.equipment.*.move_min.low=0.7", "uncertainty.equipment.*.move_min.low=0.7"),
        ("sources.invented.note=a=b", "sources.invented.note=a=b"),
        ("arrivals.*.containers*=2", "arrivals.*.containers*=2"),
    ],
)
def test_changes_have_one_form(text: str, canonical: str) -> None:
    assert str(Change.parse(text)) == canonical
    assert Change.parse(canonical) == Change.parse(text)


def test_ids_of_uncertainty_may_be_changed_with_their_dots(corridor: Corridor) -> None:
    changed = corridor.with_changes("uncertainty.equipment.*.move_min.low=0.7")
    assert changed.uncertainty["equipment.*.move_min"].low == 0.7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("", "'': is not a change"),
        ("links.sea.run_h", "links.sea.run_h: is not a change"),
        ("links.sea.run_h-=1", "is not a change"),
        ("links.run_h=1", "is not a change"),
        ("link.sea.run_h=1", "there is no table 'link'; did you mean 'links'"),
        ("links.see.run_h=1", "'see' is not in links.csv; did you mean 'sea'"),
        ("links.sea.runh=1", "links have no column 'runh'; did you mean 'run_h'"),
        ("links.sea.id=lake", "an id cannot be changed"),
        ("links.sea.mode*=2", "mode is not a number"),
        ("flows.west.season*=2", "season is not a number"),
        ("links.sea.run_h*=two", "'two' is not a number"),
        ("links.sea.run_h*=nan", "'nan' is not a number"),
        ("links.sea.run_h=nan", "'nan' is not a finite number"),
        ("links.sea.run_h=", "a value is required"),
        ("links.sea.run_h*=-1", "must be at least 0, not -24.0"),
        ("links.sea.run_h*=1e300", "must be at most 1000000000000"),
        ("links.sea.tracks+=1", "tracks is not given"),
        ("links.*.tracks*=2", "no row gives tracks, so nothing can be multiplied"),
        ("fleets.ferries.count*=1.3", "count would be 2.6, which is not a whole number"),
        ("fleets.ferries.count*=1e300", "must be at most 1000000"),
        ("fleets.ferries.count=1.5", "'1.5' is not a whole number"),
        ("flows.*.cargo_class=frozen", "west: 'frozen' is none of general"),
        ("arrivals.3.containers=2", "rows of arrivals have no id; write arrivals.*.containers"),
        ("links.sea.to_place=moon", "links.sea.to_place: 'moon' is not in places.csv"),
        ("links.sea.min_run_h=90", "links.sea.min_run_h: 90 h is more than the mean"),
        ("fleets.ferries.count=0", "fleets.ferries.count: with 0 vehicles"),
        ("links.sea.run_h=\udc80", "is not a number"),
        ("places.city.name=\udc80", "is not a text"),
    ],
)
def test_what_cannot_be_changed_is_refused(corridor: Corridor, change: str, said: str) -> None:
    with pytest.raises(ChangeError) as caught:
        corridor.with_changes(change)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_rows_are_multiplied_where_there_is_a_value(corridor: Corridor) -> None:
    changed = corridor.with_changes("zones.*.capacity_teu*=0.5")
    before, after = ([zone.capacity_teu for zone in one.zones.values()] for one in (corridor, changed))
    assert None in before
    assert after == [value and value / 2 for value in before]


def test_all_problems_of_all_changes_are_told(corridor: Corridor) -> None:
    with pytest.raises(ChangeError) as caught:
        corridor.with_changes("links.x.run_h=1", "nonsense", "links.sea.run_h=-1")
    assert len(caught.value.problems) == 3
    with pytest.raises(ChangeError) as caught:
        corridor.with_changes("links.sea.min_run_h=90", "links.city-border.gauge_mm=")
    assert len(caught.value.problems) >= 2


def test_measures_bring_what_they_require(corridor: Corridor) -> None:
    taken = corridor.with_measures("second-berth")
    assert taken.applied == ("third-ferry", "second-berth")
    assert taken.fleets["ferries"].count == 3
    assert taken.changes == (
        "fleets.ferries.count+=1",
        "zones.hb-berth.positions=2",
        "equipment.hb-crane.count+=2",
    )


def test_a_measure_is_taken_once(corridor: Corridor) -> None:
    taken = corridor.with_measures("third-ferry", "third-ferry").with_measures("second-berth")
    assert taken.applied == ("third-ferry", "second-berth")
    assert taken.fleets["ferries"].count == 3


def test_a_measure_may_change_nothing(corridor: Corridor) -> None:
    empty = corridor.with_changes("measures.growth.changes=")
    assert empty.with_measures("growth").applied == ("growth",)


def test_measures_that_exclude_each_other_are_refused(corridor: Corridor) -> None:
    apart = corridor.with_changes("measures.growth.excludes=third-ferry")
    with pytest.raises(ChangeError, match="growth: cannot be taken together with third-ferry"):
        apart.with_measures("growth", "second-berth")
    with pytest.raises(ChangeError, match="cannot be taken together"):
        apart.with_measures("third-ferry").with_measures("growth")


def test_an_unknown_measure_is_refused(corridor: Corridor) -> None:
    with pytest.raises(ChangeError, match=r"grwth: is not in measures.csv; did you mean 'growth'\?"):
        corridor.with_measures("grwth")


def test_measures_that_require_each_other_are_both_taken(corridor: Corridor) -> None:
    together = corridor.with_changes("measures.third-ferry.requires=second-berth")
    assert together.with_measures("third-ferry").applied == ("second-berth", "third-ferry")
