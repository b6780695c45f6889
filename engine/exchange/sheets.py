"""The tables of the organisation: their columns in both languages, and which of them name a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "flag", "day", "number", "money"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``names`` the row together with the other columns that do."""

    name: str
    zh: str
    en: str
    kind: Kind = "text"
    required: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``columns`` in their order from A on."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(column.name for column in self.columns if column.names)


def _named(name: str, zh: str, en: str, kind: Kind = "text") -> Column:
    return Column(name, zh, en, kind, required=True, names=True)


_ENGLISH = Column("name_en", "英文名", "English name")
_PERSON = _named("person_id", "工号", "Staff number")
_POST = _named("post_code", "岗位代码", "Post code")
_UNIT = _named("unit_id", "单位编号", "Unit id")
_FIRST = _named("starts_on", "开始日期", "First day", "day")
_LAST = Column("ends_on", "结束日期", "Last day", "day")

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "units",
        "单位",
        "Units",
        (
            _UNIT,
            Column("kind", "类别", "Kind", required=True),
            Column("name", "名称", "Name", required=True),
            _ENGLISH,
            Column("parent_id", "上级单位", "Belongs to"),
            Column("open", "营业", "Open", "flag", required=True),
        ),
    ),
    Sheet(
        "posts",
        "岗位",
        "Posts",
        (
            _named("code", "岗位代码", "Post code"),
            Column("name", "名称", "Name", required=True),
            _ENGLISH,
            Column("grade", "职级", "Grade", required=True),
            Column("queue", "共同待领", "Common queue", "flag", required=True),
            Column("scope", "查找范围", "Scope", required=True),
            Column("superior", "上级岗位", "Superior post"),
        ),
    ),
    Sheet(
        "people",
        "人员",
        "People",
        (
            _PERSON,
            Column("name", "姓名", "Full name", required=True),
            _ENGLISH,
            Column("email", "电子邮件", "E-mail"),
            Column("active", "在职", "Works here", "flag", required=True),
        ),
    ),
    Sheet(
        "assignments",
        "任职",
        "Assignments",
        (_PERSON, _POST, _UNIT, _FIRST, _LAST, Column("acting", "代理", "Acting", "flag", required=True)),
    ),
    Sheet(
        "absences",
        "缺勤",
        "Absences",
        (
            _PERSON,
            _FIRST,
            Column("ends_on", "结束日期", "Last day", "day", required=True),
            Column("reason", "原因", "Reason"),
        ),
    ),
    Sheet(
        "employments",
        "员工登记",
        "Employee register",
        (
            _PERSON,
            _FIRST,
            Column("post_code", "岗位代码", "Post code", required=True),
            Column("unit_id", "单位编号", "Unit id", required=True),
            Column("contract_type", "合同类型", "Contract type", required=True),
            Column("contract_months", "合同月数", "Contract months", "number"),
            Column("probation_ends_on", "试用期满日", "Probation end", "day"),
            Column("confirmed_on", "转正日", "Confirmed on", "day"),
            Column("health_certificate_until", "健康证有效期至", "Health certificate until", "day"),
            _LAST,
            Column("rehire_blocked", "不得再录用", "Rehire blocked", "flag", required=True),
        ),
    ),
    Sheet(
        "headcounts",
        "编制",
        "Headcount plan",
        (
            _UNIT,
            _POST,
            Column("planned", "编制人数", "Planned", "number", required=True),
            Column("salary_min", "最低薪资", "Lowest salary", "money", required=True),
            Column("salary_max", "最高薪资", "Highest salary", "money", required=True),
        ),
    ),
)
