"""MechanicalSoup, a browser without a screen, in Django's admin: cookies, CSRF tokens in forms, redirects, messages, logging out."""

import json
import sys

import mechanicalsoup


def run(url):
    """Everything that the program sees."""
    browser = mechanicalsoup.StatefulBrowser()
    results = []

    def note():
        title = browser.page.title.text.strip()
        said = [item.text.strip() for item in browser.page.select(".errornote, .messagelist li")]
        results.append([title, said, browser.url.removeprefix(url)])

    def submit(form, **fields):
        browser.select_form(form)
        for name, value in fields.items():
            browser[name] = value
        browser.submit_selected()
        note()

    browser.open(f"{url}/admin/")
    note()
    submit("#login-form", username="ada", password="wrong")
    submit("#login-form", username="ada", password="correct horse battery")
    for name in ("Grüße", "Hiss"):
        browser.open(f"{url}/admin/auth/group/add/")
        submit("#group_form", name=name)
    browser.open(f"{url}/admin/auth/group/?o=-1")
    results.append([link.text for link in browser.page.select("th.field-__str__ a")])
    results.append(sorted([cookie.name, len(cookie.value)] for cookie in browser.session.cookies))
    submit("#logout-form")
    browser.open(f"{url}/admin/auth/group/")
    note()
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
