"""Writing a package and reading it again."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from jibek.corridor import PackageError, bundled, new, read, write


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", bundled())
def test_what_is_written_reads_as_the_same(name: str, tmp_path: Path) -> None:
    corridor = read(name)
    first, second = write(corridor, tmp_path / "deep" / "first"), tmp_path / "second"
    assert read(first) == corridor
    assert read(first).hash == corridor.hash
    write(read(first), second)
    assert contents(first) == contents(second)


def test_only_columns_that_say_something_are_written(tmp_path: Path) -> None:
    folder = write(read("starter"), tmp_path / "package")
    assert (folder / "fleets.csv").read_text().splitlines()[:2] == [
        "id,name,mode,gauge_mm,count,capacity_teu,source",
        "trains-1435,Trains of the city,rail,1435,,104,invented",
    ]
    assert not (folder / "arrivals.csv").exists()


def test_texts_that_need_quotes_survive(tmp_path: Path) -> None:
    strange = 'a\rb "b", c\n# d\r\ne; ü 中 \x7f'
    corridor = read("starter").with_changes(f"places.city.name={strange}", "measures.growth.ready=2030-05-06")
    assert corridor.places["city"].name == strange
    assert read(write(corridor, tmp_path / "package")) == corridor


@pytest.mark.parametrize("text", ["a\rb", "a\nb", 'a"b', "a,b", "#a"])
def test_each_special_character_is_quoted(text: str, tmp_path: Path) -> None:
    corridor = read("starter").with_changes(f"sources.invented.title={text}")
    assert read(write(corridor, tmp_path / "package")) == corridor


def test_the_header_survives(tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    text = (folder / "corridor.toml").read_text("utf-8")
    title = r'"A \"title\"\\ \n\u007f ü"'
    (folder / "corridor.toml").write_text(text.replace('"A corridor to begin with"', title), "utf-8")
    corridor = read(folder)
    assert corridor.header.title == 'A "title"\\ \n\x7f ü'
    assert read(write(corridor, tmp_path / "other")) == corridor


def test_the_hash_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    comment, header, *rows = (folder / "links.csv").read_text().splitlines()
    (folder / "links.csv").write_text("\n".join([comment, header, *reversed(rows)]))
    assert read(folder).hash == read("starter").hash


def test_a_folder_that_is_not_empty_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(PackageError):
            write(read("starter"), tmp_path, overwrite=overwrite)
    with pytest.raises(PackageError, match="not empty"):
        new(tmp_path)
    with pytest.raises(PackageError, match="is not a folder"):
        write(read("starter"), tmp_path / "mine.txt", overwrite=True)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_overwriting_replaces_tables_and_keeps_other_files(tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    (folder / "README.md").write_text("mine")
    (folder / "maps").mkdir()
    (folder / "departures.csv").write_text("service,time\n")
    changed = read(folder).with_changes("links.sea.run_h=20")
    write(changed, folder, overwrite=True)
    assert read(folder) == changed
    assert (folder / "README.md").read_text() == "mine"
    assert (folder / "maps").is_dir()
    assert not (folder / "departures.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert read(write(read("starter"), tmp_path)) == read("starter")


def test_nothing_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(PackageError, match="cannot be written: No space left on device"):
        write(read("starter"), tmp_path / "package")
    assert not list(tmp_path.iterdir())


def test_the_starter_is_copied_with_its_comments(tmp_path: Path) -> None:
    folder = new(tmp_path / "mine")
    assert (folder / "links.csv").read_text().startswith("# Stretches between places.")
    assert read(folder) == read("starter")


def test_a_corridor_can_be_sent_to_another_process() -> None:
    corridor = read("starter").with_measures("third-ferry")
    again = pickle.loads(pickle.dumps(corridor))
    assert again == corridor
    assert again.applied == corridor.applied


def test_a_corridor_shows_how_much_it_holds() -> None:
    corridor = read("starter")
    assert repr(corridor).startswith("<Corridor starter: 4 places, 3 links")
    assert "<tr><td>links</td><td>3</td></tr>" in corridor._repr_html_()
