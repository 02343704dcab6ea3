"""dh-view.py FILE: loads a file into valgrind's dh_view.html and prints what the
page shows."""

import pathlib
import re
import sys

from browser import Browser

viewer = pathlib.Path("/usr/libexec/valgrind")
page = (viewer / "dh_view.html").read_text()
for pattern, tag, name in (
    ("<script src=.*?></script>", "script", "dh_view.js"),
    ("<link .*?>", "style", "dh_view.css"),
):
    text = "<%s>%s</%s>" % (tag, (viewer / name).read_text(), tag)
    page = re.sub(pattern, lambda _: text, page)
pathlib.Path("viewer.html").write_text(page)

with Browser(".") as browser:
    browser.open("viewer.html")
    browser.type("input", str(pathlib.Path(sys.argv[1]).resolve()))
    browser.wait("return document.body.textContent.match(/Processing time|Error|error/)")
    print(browser.text("body"))
