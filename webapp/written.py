"""Moments, distances and numbers in words: pure, so that what was written once is not written again.

A list writes the same few days and distances for row after row and reader after reader; making one with Babel takes
some thirty microseconds. Instants are kept by their minute since 1970, which is one and the same in every zone: two
rounds of a repeated hour look alike on a wall clock and are not.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import parse_pattern

LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
_DAY_PATTERNS = {"zh": ("y年M月d日", "M月d日"), "en": ("d MMMM y", "d MMM")}
_REMEMBERED = 2048
_ROUNDED_UP_FROM = 1.2
"""How many of the next unit are told in it: 80 minutes are an hour, 65 are 65 minutes."""


@lru_cache(_REMEMBERED)
def minute(minutes: int, zone: str, language: str, with_year: bool) -> str:
    """The day and the time of the minute ``minutes`` after 1970 began (UTC), on the clocks of ``zone``."""
    there = datetime.fromtimestamp(minutes * 60, ZoneInfo(zone))
    pattern = _DAY_PATTERNS[language][0 if with_year else 1]
    return str(format_datetime(there, f"{pattern} HH:mm", locale=LOCALES[language]))


@lru_cache(_REMEMBERED)
def day(value: date, language: str, with_year: bool) -> str:
    """A calendar day."""
    return str(format_date(value, _DAY_PATTERNS[language][0 if with_year else 1], locale=LOCALES[language]))


@lru_cache(_REMEMBERED)
def distance(seconds: int, language: str, directed: bool) -> str:
    """A time span, rounded to its largest unit; ``directed``: "3 hours ago", "in 2 days"."""
    return str(
        format_timedelta(
            seconds, add_direction=directed, locale=LOCALES[language], threshold=_ROUNDED_UP_FROM
        )
    )  # fmt: skip


@lru_cache(_REMEMBERED)
def number(digits: str, pattern: str, language: str) -> str:
    """A number, given as its digits, by a CLDR pattern; none of its decimals is rounded away."""
    return str(parse_pattern(pattern).apply(digits, LOCALES[language], decimal_quantization=False))
