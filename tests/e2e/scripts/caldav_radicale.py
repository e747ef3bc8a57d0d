"""The unmodified caldav client against Radicale: WebDAV methods, XML bodies, hrefs, ETags."""

import datetime as dt
import json
import sys

import caldav
from caldav.lib.error import DAVError

START = dt.datetime(2034, 5, 6, 7, 8, tzinfo=dt.UTC)


def run(url):
    """Everything that the program sees."""
    with caldav.DAVClient(url=f"{url}/", username="ada", password="correct horse battery") as client:
        home = client.principal()
        diary = home.make_calendar(name="Diary", cal_id="diary")
        for n in range(3):
            diary.add_event(dtstart=START, dtend=START + dt.timedelta(hours=1), summary=f"Tape {n} é", uid=f"u{n}")
        results = [sorted(calendar.name for calendar in home.calendars())]
        results.append(sorted(event.icalendar_component["summary"] for event in diary.events()))
        found = diary.search(start=START, end=START + dt.timedelta(days=1), event=True)
        results.append(sorted(str(event.url.path) for event in found))
        first = diary.event_by_uid("u0")
        first.icalendar_component["summary"] = "Changed"
        first.save()
        results.append(str(diary.event_by_uid("u0").icalendar_component["summary"]))
        first.delete()
        results.append(len(diary.events()))
        try:
            diary.event_by_uid("u0")
        except DAVError as error:
            results.append(type(error).__name__)
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
