"""The shapes that requests and answers share: strict, in camelCase, and the source of the OpenAPI document.

A request refuses what it does not know, but for the extras that the official clients send whatever one asks. Keys are
texts of digits outside and numbers inside; a key that no row can have is ``NOBODY``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from engine.search import MAXIMUM_LIMIT, Criteria, Order, Paging
from webapp.api.bodies import instant

ChoiceT = TypeVar("ChoiceT")
FilterT = TypeVar("FilterT", bound="Filter")
SortT = TypeVar("SortT", bound="Sort")
ItemT = TypeVar("ItemT", bound="Answer")

TENANT = "<default>"
NOBODY = -1
_KEYS_END = 2**63
_OF_INSTANCE = 10**6  # an element instance is named by its process instance and six digits more
_LONGEST_INSTANT = 40
_KEY = re.compile(r"-?[0-9]{1,25}")
_KEY_SCHEMA = WithJsonSchema({"type": "string", "pattern": "^-?[0-9]+$", "minLength": 1, "maxLength": 25})
_INSTANT_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time"})


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(
        defer_build=True,  # who starts a house has not asked the API anything yet
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        validate_by_name=False,
        validate_by_alias=True,
    )


class Answer(BaseModel):
    """What a client gets: every field is there, null where nothing is known."""

    model_config = ConfigDict(
        defer_build=True, alias_generator=to_camel, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


def optional(**how: Any) -> Any:
    """A field of a request that may be left out, but is never null."""
    return Field(default=None, json_schema_extra=_without_default, **how)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _digits(value: Any) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise ValueError("a key is a text of digits")
    return value


def _key(value: Any) -> int:
    number = int(_digits(value))
    return number if 0 <= number < _KEYS_END else NOBODY


def _element_instance(value: Any) -> tuple[int, str]:
    number = int(_digits(value))
    if number < _OF_INSTANCE * _OF_INSTANCE:
        return NOBODY, ""
    if number < _KEYS_END:
        return number, ""  # the process itself: its element instance has the key of the instance
    process_instance, element = divmod(number, _OF_INSTANCE)
    return (process_instance, str(element)) if process_instance < _KEYS_END else (NOBODY, "")


def element_instance_key(process_instance: int, element_instance: str | None) -> str:
    """The number of an occurrence of an element: the instance's and six digits; the process itself has the former."""
    if not element_instance:
        return str(process_instance)
    return str(process_instance * _OF_INSTANCE + int(element_instance))


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or len(value) > _LONGEST_INSTANT:
        raise ValueError("an instant is written like 2026-11-23T04:00:00.000+00:00")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this instant is out of all time") from error


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("a text holds no NUL")
    return value


Key: TypeAlias = Annotated[int, BeforeValidator(_key), _KEY_SCHEMA]
ElementInstance: TypeAlias = Annotated[tuple[int, str], BeforeValidator(_element_instance), _KEY_SCHEMA]
Text: TypeAlias = Annotated[str, Field(max_length=10_000), AfterValidator(_storable)]
Instant: TypeAlias = Annotated[datetime, BeforeValidator(_moment), _INSTANT_SCHEMA]
Whole: TypeAlias = Annotated[int, Field(ge=-(2**53), le=2**53)]
Small: TypeAlias = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Variables: TypeAlias = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True})]
Tenant: TypeAlias = Literal["<default>"]

KeyOut: TypeAlias = Annotated[int, PlainSerializer(str, return_type=str), _KEY_SCHEMA]
ElementInstanceOut: TypeAlias = Annotated[str, _KEY_SCHEMA]
ScopeOut: TypeAlias = ElementInstanceOut
InstantOut: TypeAlias = Annotated[datetime, PlainSerializer(instant, return_type=str), _INSTANT_SCHEMA]


# -- searches ----------------------------------------------------------------------------------------------------


class Operators(Request):
    """The operators that may be asked of a field."""

    def criterion(self) -> dict[Any, Any]:
        """Those that were given, by the engine's names."""
        return {name.removesuffix("_"): getattr(self, name) for name in self.model_fields_set}


class TextOperators(Operators):
    """What may be asked of a text; in ``$like``, ``*`` stands for any text and ``?`` for one character."""

    eq: Text = optional(alias="$eq")
    neq: Text = optional(alias="$neq")
    exists: bool = optional(alias="$exists")
    in_: list[Text] = optional(alias="$in")
    not_in: list[Text] = optional(alias="$notIn")
    like: Text = optional(alias="$like")


class KeyOperators(Operators):
    """What may be asked of a key."""

    eq: Key = optional(alias="$eq")
    neq: Key = optional(alias="$neq")
    exists: bool = optional(alias="$exists")
    in_: list[Key] = optional(alias="$in")
    not_in: list[Key] = optional(alias="$notIn")


class NumberOperators(Operators):
    """What may be asked of a whole number."""

    eq: Small = optional(alias="$eq")
    neq: Small = optional(alias="$neq")
    exists: bool = optional(alias="$exists")
    gt: Small = optional(alias="$gt")
    gte: Small = optional(alias="$gte")
    lt: Small = optional(alias="$lt")
    lte: Small = optional(alias="$lte")
    in_: list[Small] = optional(alias="$in")


class InstantOperators(Operators):
    """What may be asked of an instant."""

    eq: Instant = optional(alias="$eq")
    neq: Instant = optional(alias="$neq")
    exists: bool = optional(alias="$exists")
    gt: Instant = optional(alias="$gt")
    gte: Instant = optional(alias="$gte")
    lt: Instant = optional(alias="$lt")
    lte: Instant = optional(alias="$lte")
    in_: list[Instant] = optional(alias="$in")


TextFilter: TypeAlias = Text | TextOperators
KeyFilter: TypeAlias = Key | KeyOperators
NumberFilter: TypeAlias = Small | NumberOperators
InstantFilter: TypeAlias = Instant | InstantOperators


class ChoiceOperators(Operators, Generic[ChoiceT]):
    """What may be asked of a field that holds one of a few words."""

    eq: ChoiceT = optional(alias="$eq")
    neq: ChoiceT = optional(alias="$neq")
    exists: bool = optional(alias="$exists")
    in_: list[ChoiceT] = optional(alias="$in")
    not_in: list[ChoiceT] = optional(alias="$notIn")
    like: Text = optional(alias="$like")


class VariableFilter(Request):
    """A variable that a matter must have; its value is JSON text, as the answers have it."""

    name: Text
    value: TextFilter

    def criterion(self) -> tuple[str, dict[Any, Any]]:
        """The name and what is asked of its value."""
        return self.name, _criterion(self.value)


class Filter(Request):
    """What is asked; all of it must hold."""

    renamed: ClassVar[Mapping[str, str]] = {}

    def criteria(self) -> Criteria:
        """By the engine's name of the field, the operators."""
        return {
            self.renamed.get(name, name): _criterion(getattr(self, name))
            for name in sorted(self.model_fields_set)
            if name not in ("or_", "tenant_id")
        }


def _criterion(value: Any) -> dict[Any, Any]:
    if isinstance(value, Operators):
        return value.criterion()
    if isinstance(value, list):
        return {"eq": [one.criterion() for one in value]}
    return {"eq": value}


class Page(Request):
    """Which page: by offset, or by a cursor of the same search."""

    limit: Annotated[int, Field(ge=1, le=MAXIMUM_LIMIT)] = 100
    from_: Annotated[int, Field(ge=0, le=1_000_000)] = Field(default=0, alias="from")
    after: Text = optional()
    before: Text = optional()

    def paging(self) -> Paging:
        """The same for the engine; a cursor wins over an offset."""
        return Paging(self.limit, self.from_, self.after, self.before)


class Sort(Request):
    """A field to sort by; each noun says which."""

    field: Any
    order: Literal["ASC", "DESC", "asc", "desc"] = "ASC"

    def ordering(self) -> Order:
        """The same for the engine."""
        return Order(to_snake(str(self.field)), self.order.upper() == "DESC")


class Search(Request):
    """A search: filter, order and page."""

    page: Page = Field(default_factory=Page)

    def order(self) -> list[Order]:
        """What to sort by, in the order of importance."""
        return [one.ordering() for one in getattr(self, "sort", ())]


class SearchOf(Search, Generic[FilterT, SortT]):
    """The search for a noun, by its own filter and order."""

    filter: FilterT = optional()
    sort: list[SortT] = Field(default_factory=list)


class PageOut(Answer):
    """Where the answer stands in the whole; ``totalItems`` is counted up to a bound."""

    total_items: int
    has_more_total_items: bool
    start_cursor: str | None
    end_cursor: str | None


class PageOf(Answer, Generic[ItemT]):
    """A page of a noun."""

    items: list[ItemT]
    page: PageOut


def to_snake(name: str) -> str:
    """``processInstanceKey`` → ``process_instance_key``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found.group(1).lower()}", name)
