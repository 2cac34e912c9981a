"""What a fact about an outage is called to a customer, which buttons stand under it, and when it may be said."""

import json
from datetime import datetime, time, timedelta, tzinfo

from desk.model import Button
from desk.phrases import Phrases
from utility.models import Outage
from utility.plans import OutageFact, OutageNews

ACKNOWLEDGE = "/notice_acknowledged"
POWER = "/power_back"
PHRASES = {
    OutageFact.PUBLISHED: "utter_notice_published",
    OutageFact.CHANGED: "utter_notice_changed",
    OutageFact.CANCELLED: "utter_notice_cancelled",
    OutageFact.BEGUN: "utter_notice_begun",
    OutageFact.PROGRESS: "utter_notice_progress",
    OutageFact.EXPECTED: "utter_notice_expected",
    OutageFact.RESTORED: "utter_notice_restored",
}
FORESEEN = (OutageFact.PUBLISHED, OutageFact.CHANGED, OutageFact.CANCELLED)
# Nobody is woken for what begins later than this.
SOON = timedelta(hours=12)


def text_of(news: OutageNews, phrases: Phrases, zone: tzinfo) -> str:
    """With where it comes from: the time at which it was known."""
    outage = news.outage
    expected = _moment(outage.expected_at, zone) if outage.expected_at else phrases.text("utter_notice_unknown_time")
    return phrases.text(
        PHRASES[news.fact],
        scope=outage.scope,
        window=_window(outage, zone),
        reason=outage.reason,
        expected=expected,
        note=news.note,
        as_of=_moment(news.at, zone),
    )


def buttons_of(news: OutageNews, phrases: Phrases) -> tuple[Button, ...]:
    if news.fact in FORESEEN:
        return (Button(phrases.text("utter_notice_seen_button"), f"{ACKNOWLEDGE}{json.dumps({'fact': news.id})}"),)
    if news.fact is OutageFact.RESTORED:
        return (
            Button(phrases.text("utter_power_back_button"), _power(news.outage_id, powered=True)),
            Button(phrases.text("utter_still_dark_button"), _power(news.outage_id, powered=False)),
        )
    return ()


def due(news: OutageNews, now: datetime, quiet: tuple[time, time]) -> datetime:
    """Now, or in the morning for what does not concern the night; `quiet` are the bounds of the night, in the zone of
    `now`."""
    begins, ends = quiet
    asleep = now.time() >= begins or now.time() < ends
    if news.fact not in FORESEEN or not asleep or news.outage.starts_at - now < SOON:
        return now
    day = now.date() + timedelta(days=1 if now.time() >= begins else 0)
    return datetime.combine(day, ends, now.tzinfo)


def _power(outage: str, *, powered: bool) -> str:
    return f"{POWER}{json.dumps({'outage': outage, 'powered': powered})}"


def _window(outage: Outage, zone: tzinfo) -> str:
    begins = _moment(outage.starts_at, zone)
    if outage.ends_at is None:
        return f"{begins}起"
    ends = outage.ends_at.astimezone(zone)
    same = ends.date() == outage.starts_at.astimezone(zone).date()
    return f"{begins}至{ends:%H:%M}" if same else f"{begins}至{_moment(outage.ends_at, zone)}"


def _moment(moment: datetime, zone: tzinfo) -> str:
    there = moment.astimezone(zone)
    return f"{there.month}月{there.day}日{there:%H:%M}"
