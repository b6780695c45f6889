"""Working time: opening hours, weekdays and holidays, and when a number of working hours or days has passed.

Pure: no database, no clock. Instants go in and come out zone-aware; the counting is done on the wall clock of the
calendar's zone, so that days with a change to or from summer time count what their clocks show as open. A later start
is never due earlier. Public holidays and make-up days of China come from the package ``chinesecalendar``; for a year
that it does not know, weekdays are counted and a warning says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chinese_calendar.constants import holidays as _free_days
from chinese_calendar.constants import workdays as _make_up_days

from feel.sentences import Sentence

MAXIMUM_HOURS = 20_000
MAXIMUM_DAYS = 5_000
_MAXIMUM_LENGTH = timedelta(hours=MAXIMUM_HOURS)
_SEARCHED_DAYS = 3_660  # ten years without one working day is a mistake, not a calendar
_DAY = 1_440
_KNOWN_YEARS = range(min(_free_days).year, max(_free_days).year + 1)

_zone = "Asia/Shanghai"


class CalendarRefused(ValueError):  # noqa: N818 - reads as what it is, like the errors of the engine
    """A calendar, or a count of hours or days, cannot be used; ``sentence`` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When somebody works.

    ``hours`` are intervals in minutes since local midnight, in order and apart, e.g. ``((540, 1260),)`` for 09–21;
    ``weekdays`` ISO numbers (1 Monday … 7 Sunday); ``holidays`` "CN" or None; ``exceptions`` single days that are
    declared working (True) or free (False) over all else; ``zone`` an IANA name, empty for the organisation's.
    """

    hours: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    holidays: str | None = None
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    zone: str = ""
    _openings: dict[tuple[date, ZoneInfo], tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        ends = 0
        for opens, closes in self.hours:
            if not ends <= opens < closes <= _DAY:
                raise CalendarRefused(
                    Sentence("Working hours must be in order, not overlap, and lie between 00:00 and 24:00.")
                )
            ends = closes
        if not self.hours or not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise CalendarRefused(
                Sentence("A calendar needs working hours, and weekdays from 1 (Monday) to 7 (Sunday).")
            )
        if self.holidays not in {None, "CN"}:
            raise CalendarRefused(Sentence("Public holidays of {country} are not known.", country=self.holidays))
        if self.zone:
            zone_named(self.zone)

    def works_on(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.holidays == "CN":
            if day in _free_days:
                return False
            if day in _make_up_days:
                return True
        return day.isoweekday() in self.weekdays

    def openings(self, day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
        """The intervals of ``day`` in UTC, in order. Kept, for the same days are asked for all day long."""
        found = self._openings.get((day, zone))
        if found is None:
            if len(self._openings) > _SEARCHED_DAYS:
                self._openings.clear()
            found = self._openings[day, zone] = tuple(_intervals(self, day, zone))
        return found

    def knows(self, year: int) -> bool:
        """Whether the public holidays of ``year`` are known (or do not matter)."""
        return self.holidays is None or year in _KNOWN_YEARS


STORE = WorkingTime(hours=((540, 1260),), weekdays=frozenset(range(1, 8)))
HEAD_OFFICE = WorkingTime(hours=((540, 1080),), weekdays=frozenset(range(1, 7)), holidays="CN")


@dataclass(frozen=True, slots=True)
class Due:
    """When it is due (UTC), and what the calendar could not know."""

    at: datetime
    warnings: tuple[Sentence, ...] = ()


def use_zone(name: str) -> None:
    """Set the organisation's time zone (an IANA name), for the whole process."""
    global _zone  # noqa: PLW0603 - one setting, made once at the start
    zone_named(name)
    _zone = name


def zone_named(name: str = "") -> ZoneInfo:
    """The time zone of that IANA name, the organisation's if empty; raises :class:`CalendarRefused`."""
    try:
        return ZoneInfo(name or _zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarRefused(Sentence("There is no time zone {name}.", name=name)) from error


def local_date(instant: datetime) -> date:
    """The date on the organisation's wall clocks at that instant."""
    return instant.astimezone(zone_named()).date()


def working_hours(start: datetime, hours: Decimal | int, calendar: WorkingTime) -> Due:
    """The instant when that many working hours have passed since ``start`` (no hours: the first working moment)."""
    if not 0 <= hours <= MAXIMUM_HOURS:
        raise _too_long(hours)
    due = after(start, timedelta(microseconds=round(Decimal(hours) * 3_600_000_000)), calendar)
    return Due(due, _unknown_years(start, due, calendar))


def after(start: datetime, length: timedelta, calendar: WorkingTime) -> datetime:
    """The instant (UTC) when so much working time has passed since ``start``."""
    if length > _MAXIMUM_LENGTH:
        raise _too_long(length // timedelta(hours=1))
    begin, remaining = _utc(start), length
    for opens, closes in _open_intervals(begin, calendar):
        begins = max(opens, begin)
        if remaining <= closes - begins:
            return begins + remaining
        remaining -= closes - begins
    raise _never_open()


def working_days(start: datetime, days: int, calendar: WorkingTime) -> Due:
    """The same time of day, that many working days later; outside working time it counts from the next opening."""
    if not 0 <= days <= MAXIMUM_DAYS:
        raise CalendarRefused(
            Sentence("Working days are counted from 0 to {maximum}, not {days}.", maximum=MAXIMUM_DAYS, days=days)
        )
    zone = zone_named(calendar.zone)
    opened = working_hours(start, 0, calendar).at
    local = opened.astimezone(zone)
    wall = _end_of_repeated_hour(local) if local.fold else local.replace(tzinfo=None)
    day = wall.date()
    for _ in range(days):
        day = _next_working_day(day, calendar)
    due = instant_at(datetime.combine(day, wall.time()), zone)
    return Due(due, _unknown_years(start, due, calendar))


def elapsed(start: datetime, end: datetime, calendar: WorkingTime) -> timedelta:
    """The working time between two instants; nothing if ``end`` is not after ``start``."""
    begin, finish, total = _utc(start), _utc(end), timedelta()
    if finish <= begin:
        return total
    for opens, closes in _open_intervals(begin, calendar):
        if opens >= finish:
            return total
        total += min(closes, finish) - max(opens, begin)
    return total


def _open_intervals(begin: datetime, calendar: WorkingTime) -> Iterator[tuple[datetime, datetime]]:
    """Intervals in UTC that end after ``begin``, in order."""
    zone = zone_named(calendar.zone)
    # From the day before: where summer time begins at midnight, an interval may end within the next local day.
    day = begin.astimezone(zone).date() - timedelta(days=1)
    since_open = 0
    while since_open < _SEARCHED_DAYS and day.year < date.max.year:
        since_open += 1
        for opens, closes in calendar.openings(day, zone):
            if closes > begin:
                since_open = 0
                yield opens, closes
        day += timedelta(days=1)


def _intervals(calendar: WorkingTime, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    if not calendar.works_on(day):
        return
    midnight = datetime.combine(day, time.min)
    for opens, closes in calendar.hours:
        first = instant_at(midnight + timedelta(minutes=opens), zone)
        last = instant_at(midnight + timedelta(minutes=closes), zone)
        if last > first:  # else clocks skip all of it
            yield first, last


def _next_working_day(day: date, calendar: WorkingTime) -> date:
    for _ in range(_SEARCHED_DAYS):
        day += timedelta(days=1)
        if day.year == date.max.year:
            break
        if calendar.works_on(day):
            return day
    raise _never_open()


def _too_long(hours: Decimal | int) -> CalendarRefused:
    return CalendarRefused(
        Sentence("Working hours are counted from 0 to {maximum}, not {hours}.", maximum=MAXIMUM_HOURS, hours=hours)
    )


def _never_open() -> CalendarRefused:
    return CalendarRefused(Sentence("The calendar has no working day within ten years."))


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise CalendarRefused(Sentence("Working time is counted from an instant with a time zone."))
    return instant.astimezone(UTC)


@lru_cache(maxsize=4096)  # openings and closings are asked for again and again
def instant_at(wall: datetime, zone: ZoneInfo) -> datetime:
    """When clocks show ``wall`` (the first time); a time that they skip is the moment of skipping."""
    later = wall.replace(tzinfo=zone).astimezone(UTC)
    if later.astimezone(zone).replace(tzinfo=None) == wall:
        return later
    return _change_between(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), later, zone)


def _end_of_repeated_hour(local: datetime) -> datetime:
    """What clocks show when the hour that they repeat is over, so that its second round counts as its end."""
    zone = local.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise TypeError("A calendar's time is in a named zone.")
    earlier = local.replace(fold=0).astimezone(UTC)
    change = _change_between(earlier, local.astimezone(UTC), zone)
    before = (change - timedelta(microseconds=1)).astimezone(zone)
    return before.replace(tzinfo=None) + timedelta(microseconds=1)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second at which the offset from UTC is that of ``high``."""
    offset = high.astimezone(zone).utcoffset()
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def _unknown_years(start: datetime, due: datetime, calendar: WorkingTime) -> tuple[Sentence, ...]:
    return tuple(
        Sentence("The public holidays of {year} are not known; its weekdays were counted.", year=str(year))
        for year in range(start.year, due.year + 1)
        if not calendar.knows(year)
    )
