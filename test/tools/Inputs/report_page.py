"""report_page.py PAGE FULL HOSTILE MANY: uses a report's page as a person would, then one
with limits, tests and samples, then one whose names
are HTML, and one of 122 functions. The profiles are those of report-html-in-a-browser.test."""

import sys

from browser import DESKTOP, PHONE, Browser

NAMES = "tr.function .opener span:last-child"


def sorts(page):
    """Largest peak first; by each column, either way, by click and by key."""
    page.expect(page.texts(NAMES), ["f", "g"])
    page.expect(page.attribute('th[data-id="peak"]', "aria-sort"), "descending")
    page.click('th[data-id="label"] button')
    page.expect(page.texts(NAMES), ["f", "g"])
    page.press("ENTER")
    page.expect(page.texts(NAMES), ["g", "f"], "by name, downwards")
    page.expect(page.attribute('th[data-id="label"]', "aria-sort"), "descending")
    page.expect(page.attribute('th[data-id="peak"]', "aria-sort"), "none")
    page.click('th[data-id="bytes"] button')
    page.expect(page.texts(NAMES), ["f", "g"])


def opens_a_function(page):
    """Its source lines with numbers, by mouse and by keyboard."""
    opener = '.opener[aria-controls="function-0"]'
    page.expect(page.attribute(opener, "aria-expanded"), "false")
    page.expect(page.texts(".source td.code"), [])
    page.click(opener)
    page.expect(page.attribute(opener, "aria-expanded"), "true")
    page.expect(page.texts("#function-0 .source tbody th.line"), ["1", "2", "3", "4", "5"])
    page.expect(page.texts("#function-0 .source td.code")[1].strip(), "char *block = malloc(1000);")
    page.expect(page.texts("#function-0 .source td.hot"), ["0 B", "2.93 KiB", "72 B", "0 B", ""])
    page.expect(page.run("return document.querySelectorAll('#function-0 tr.warm').length"), 2)
    page.press("ENTER")
    page.expect(page.attribute(opener, "aria-expanded"), "false")
    page.press("ENTER")
    page.expect(page.attribute(opener, "aria-expanded"), "true")


def changes_settings(page):
    page.run("const s = document.getElementById('unit'); s.value = 'B'; s.dispatchEvent(new Event('change'))")
    page.expect(page.texts("#function-0 .source td.hot"), ["0 B", "3,000 B", "72 B", "0 B", ""])
    page.run("const s = document.getElementById('heat'); s.value = 'kept'; s.dispatchEvent(new Event('change'))")
    page.expect(page.texts("#function-0 .source td.hot"), ["0 B", "0 B", "72 B", "0 B", ""])
    page.expect(page.texts("#function-0 .source thead th")[-2:], ["Kept", "Source"])


def searches(page):
    page.type("#search", "G")
    page.expect(page.texts(NAMES), ["g"])
    page.expect(page.text("#found"), "1 of 2 functions match")
    page.press("BACK_SPACE")
    page.expect(page.texts(NAMES), ["f", "g"])


def zooms_the_flame(page):
    """In by click, out by button and by key; along it by arrows."""
    frames = lambda: page.texts("#flame .frame")
    page.expect(frames(), ["all", "f", "f.c:2", "g", "f.c:11"])
    page.click("#flame .frame[aria-label^='g,']")
    page.expect(frames(), ["all", "f", "g", "f.c:11"])
    page.expect(page.text("#frame"), "g, called from f.c:3: 72 B allocated, 2.3 % of all, 3 calls")
    width = "const f = document.querySelector('#flame'); return f.lastChild.offsetWidth === f.clientWidth"
    page.expect(page.run(width), True, "g as wide as the graph")
    page.press("ESCAPE")
    page.expect(frames(), ["all", "f", "f.c:2", "g", "f.c:11"])
    page.press("ARROW_DOWN", "ARROW_RIGHT", "ENTER")
    page.expect(frames(), ["all", "f", "g", "f.c:11"])
    page.click("#reset")
    page.expect(frames(), ["all", "f", "f.c:2", "g", "f.c:11"])


def shows_limits_and_tests(page):
    """Broken limits first; a test with the functions called in it; the limit's function is one click away."""
    page.expect(page.texts("#limits tbody .badge"), ["broken", "broken", "held", "held", "unchecked"])
    page.expect(page.texts("#limits tbody tr:first-child td.number"), ["at most 1,000 B", "1,024 B (102 %)"])
    page.expect(page.text("#summary .bad dd"), "2 of 5 broken")
    page.expect(page.texts("#functions .badge.bad"), ["over its limit"])
    page.expect(page.texts("#tests tbody th"), ["suite.first1 limit broken", "f", "g", "suite.second", "g"])
    page.expect(page.texts("#tests tr.test:first-child td"), ["1", "6", "3.00 KiB", "1.05 KiB", "72 B"])
    page.click("#limits tbody .link")
    page.expect(page.attribute('[aria-controls="function-0"]', "aria-expanded"), "true")


def shows_memory_over_time(page):
    """Two samples, half a second apart; live was known in the second one only."""
    page.expect(page.texts(".legend li"), ["RSS at most 16.0 KiB", "PSS at most 8.00 KiB", "USS at most 4.00 KiB", "live at most 24 B"])
    page.click("#plot svg")
    page.run("document.querySelector('#plot svg').focus()")
    page.press(*["ARROW_RIGHT"] * 60)
    page.expect(page.text("#moment"), "At 500 ms: RSS 16.0 KiB, PSS 8.00 KiB, USS 4.00 KiB, live 24 B")
    page.press(*["ARROW_LEFT"] * 60)
    page.expect(page.text("#moment"), "At 0 µs: RSS 8.00 KiB, PSS 4.00 KiB, USS 4.00 KiB")


def shows_hostile_names_as_text(page):
    hostile = "</script><img src=x onerror=alert(1)>\\u202E\\x1B[31m"
    page.expect(page.texts(NAMES), [hostile, "g"])
    page.expect(page.texts("#flame .frame")[1], hostile)
    page.click(".opener")
    page.expect(page.texts("#function-0 .source td.code")[0], "</script><b>&amp;\\u202E<!--")
    page.expect(page.run("return document.querySelectorAll('img, b').length"), 0)


def shows_many_in_portions(page):
    """No more rows than are asked for; what was searched for is there all the same."""
    page.expect(len(page.texts(NAMES)), 50)
    page.expect(page.text("#found"), "122 functions")
    page.click(".more button")
    page.expect(len(page.texts(NAMES)), 100)
    page.click(".more button")
    page.expect(len(page.texts(NAMES)), 122)
    page.expect(page.texts(".more button"), [])
    page.type("#search", "more119")
    page.expect(page.texts(NAMES), ["more119"])


def looks_right(page):
    """No sideways scrolling on a phone, no faint text; both schemes have colours of their own."""
    colours = set()
    for name, size, dark in (("desktop", DESKTOP, False), ("desktop-dark", DESKTOP, True), ("phone", PHONE, False), ("phone-dark", PHONE, True)):
        page.look(*size, dark=dark)
        page.expect(page.overflow(), 0, name)
        lowest = page.contrasts()[0]
        page.expect(lowest[0] >= 4.5, True, "contrast of %r on %s: %.2f" % (lowest[1], name, lowest[0]))
        colours.add(page.run("return getComputedStyle(document.body).backgroundColor"))
        page.shoot(name, whole=True)
    page.expect(len(colours), 2, "light and dark")


with Browser("shots") as page:
    page.open(sys.argv[1])
    page.expect(page.run("return document.title"), "tests – MemProf")
    sorts(page)
    opens_a_function(page)
    changes_settings(page)
    searches(page)
    zooms_the_flame(page)
    page.open(sys.argv[2])
    shows_limits_and_tests(page)
    shows_memory_over_time(page)
    looks_right(page)
    page.open(sys.argv[3])
    shows_hostile_names_as_text(page)
    page.open(sys.argv[4])
    shows_many_in_portions(page)
