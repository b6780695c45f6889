"""Settings: what is wrong stops the start with one line that names it; what is absent has a safe default."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from banli import settings
from engine.errors import SettingRefused

ROOT = Path(__file__).resolve().parents[2]


def test_without_any_setting_it_is_one_process_on_loopback_with_sqlite() -> None:
    read = settings.read({})
    assert (read.host, read.port, read.demo, read.broker_url) == ("127.0.0.1", 8080, False, "memory://localhost")
    assert read.database_url == f"sqlite:///{ROOT / 'var/banli.sqlite3'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANLI_PORT", "http"),
        ("BANLI_PORT", "0"),
        ("BANLI_PORT", "70000"),
        ("BANLI_PORT", "８０８０"),
        ("BANLI_THREADS", "1"),
        ("BANLI_DEMO", "yes"),
        ("BANLI_DATABASE_URL", "mysql://here"),
        ("BANLI_BROKER_URL", "kafka://here"),
        ("BANLI_TIME_ZONE", "Mars/Olympus"),
        ("BANLI_TIME_ZONE", "../../etc/passwd"),
        ("BANLI_LANGUAGE", "fr"),
        ("BANLI_LOG_LEVEL", "loud"),
        ("BANLI_HOME", "/there/is/no/such/folder"),
        ("BANLI_PROT", "8080"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        settings.read({name: value})
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(SettingRefused) as refused:
        settings.read({"BANLI_DATABASE_URL": "mysql://banli:hunter2@here/db"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])  # noqa: S104 - must be refused
def test_the_demo_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(SettingRefused, match="BANLI_HOST"):
        settings.read({"BANLI_DEMO": "1", "BANLI_HOST": host})
    assert settings.read({"BANLI_DEMO": "1", "BANLI_HOST": "::1"}).demo


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    environment = {"BANLI_HOME": str(tmp_path)}
    first = settings.read(environment).secret_key(environment)
    assert settings.read(environment).secret_key(environment) == first
    assert (tmp_path / "var/secret_key").stat().st_mode & 0o777 == 0o600
    assert first not in repr(settings.read(environment))


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    environment = {"BANLI_HOME": str(tmp_path)}
    together = Barrier(8)

    def start(_number: int) -> str:
        together.wait()
        return settings.read(environment).secret_key(environment)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(start, range(8)))
    assert keys == {(tmp_path / "var/secret_key").read_text()}
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    environment = {"BANLI_HOME": str(tmp_path)}
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secret_key").touch()
    with pytest.raises(SettingRefused, match="secret_key holds no key"):
        settings.read(environment).secret_key(environment)


def test_a_short_secret_key_is_refused(tmp_path: Path) -> None:
    environment = {"BANLI_HOME": str(tmp_path), "BANLI_SECRET_KEY": "short"}
    with pytest.raises(SettingRefused, match="BANLI_SECRET_KEY"):
        settings.read(environment).secret_key(environment)


def test_the_page_of_settings_is_what_the_code_says() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert page == settings.page()
