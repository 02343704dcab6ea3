"""What an HTML page of ours holds: page.py FILE checks that it can run nothing
but its own scripts, and prints its data as JSON."""

import base64
import hashlib
import html.parser
import json
import sys


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.policy, self.elements, self.data = None, [], None
        self.inside = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        for name in attributes:
            assert not name.startswith("on") and name not in ("src", "style"), (tag, name)
        self.inside = tag if tag in ("script", "style") else None
        self.is_data = attributes.get("type") == "application/json"

    def handle_data(self, text):
        if self.inside and self.is_data:
            self.data = (self.data or "") + text
        elif self.inside:
            self.elements.append((self.inside, text))

    def handle_endtag(self, tag):
        self.inside = None


with open(sys.argv[1], encoding="utf-8") as file:
    page = Page(file.read())
policy = dict(part.strip().split(" ", 1) for part in page.policy.split(";"))
assert policy["default-src"] == "'none'", policy
for kind in ("script", "style"):
    of_kind = [text for tag, text in page.elements if tag == kind]
    hashes = ["'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in of_kind]
    assert policy[kind + "-src"].split() == hashes, (kind, policy, hashes)
json.dump(json.loads(page.data), sys.stdout, indent=1)
print()
