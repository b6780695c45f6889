"""What whoever watches the machine is told."""

from __future__ import annotations

from sqlalchemy import text

from tests.webapp.house import House


def test_the_process_answers(house: House):
    assert house.stranger().get("/healthz").text == "ok\n"


def test_ready_with_the_tables_of_this_version(either_house: House):
    assert either_house.stranger().get("/readyz").status == 200


def test_not_ready_before_migration(house: House):
    with house.database.writer() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        session.commit()
    page = house.stranger().get("/readyz")
    assert page.status == 503
    assert "migrating" in page.text
