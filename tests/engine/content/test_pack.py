"""Reading a pack: the files of one name, with limits on what is accepted."""

from __future__ import annotations

import pytest

from engine import content
from engine.content.pack import MAXIMUM_FILE_SIZE, MAXIMUM_FILES
from engine.errors import DeploymentRefused, NotFound
from tests import packs


def test_the_files_of_one_pack_are_read_whole(tmp_path):
    packs.write(tmp_path, packs.files("p") | packs.files("other"))
    scenarios = {"bpmn/p/request.scenarios.yaml": b"a: b"}
    packs.write(tmp_path, scenarios | {"bpmn/p/other.yaml": b"a: b", "bpmn/p/deeper/x.bpmn": b"<a/>"})
    pack = content.read_pack(tmp_path, "p")
    assert dict(pack.files) == packs.files("p") | scenarios
    assert pack.is_whole


@pytest.mark.parametrize("name", ["../p", "p/../p", "P", "", ".", "p\n", "a" * 65])
def test_a_name_that_is_no_pack_is_refused(tmp_path, name):
    packs.write(tmp_path, packs.files("p"))
    with pytest.raises(NotFound):
        content.read_pack(tmp_path, name)


def test_a_pack_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="hospital"):
        content.read_pack(tmp_path, "hospital")


def test_a_file_that_is_too_large_is_refused_by_name(tmp_path):
    packs.write(tmp_path, {"dmn/p/huge.dmn": b" " * (MAXIMUM_FILE_SIZE + 1), "bpmn/p/big.bpmn": b" " * (2**20 + 7)})
    with pytest.raises(DeploymentRefused) as refused:
        content.read_pack(tmp_path, "p")
    assert [problem.file for problem in refused.value.problems] == ["bpmn/p/big.bpmn", "dmn/p/huge.dmn"]


def test_too_many_files_are_refused():
    with pytest.raises(DeploymentRefused, match="501 files"):
        content.pack_of("p", {f"f{number}.form": b"" for number in range(MAXIMUM_FILES + 1)})


def test_uploaded_files_find_their_folders():
    pack = content.pack_of("p", {"申购.bpmn": b"1", "a.dmn": b"2", "a.form": b"3", "labels.en.po": b"4"})
    assert dict(pack.files) == {
        "bpmn/p/labels.en.po": b"4",
        "bpmn/p/申购.bpmn": b"1",
        "dmn/p/a.dmn": b"2",
        "forms/p/a.form": b"3",
    }
    assert not pack.is_whole


@pytest.mark.parametrize("name", ["a.exe", "a", "../a.bpmn", "b/a.bpmn", ".bpmn", ".hidden.bpmn", "a\0.bpmn", "x.po"])
def test_an_uploaded_file_of_no_known_kind_is_refused_by_name(name):
    with pytest.raises(DeploymentRefused) as refused:
        content.pack_of("p", {name: b"", "good.bpmn": b""})
    assert [problem.code for problem in refused.value.problems] == ["unknown_kind"]
