"""read-svg.py FILE [CLASS...]: what a plot's SVG shows, a line for each shape of
these classes, in order: class, place or spots, text, tip. Fails when the file is
no well-formed XML, has a script or a link, or no title."""

import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
root = ElementTree.parse(sys.argv[1]).getroot()
assert root.tag == SVG + "svg" and root.find(SVG + "title") is not None
print("title:", root.find(SVG + "title").text)
for shape in root.iter():
    name = shape.tag.replace(SVG, "")
    assert name in ("svg", "title", "desc", "rect", "polyline", "polygon", "text"), name
    assert not [key for key in shape.attrib if key.startswith("on") or "href" in key]
    if shape.get("class") not in sys.argv[2:]:
        continue
    words = [shape.get("class")]
    if name in ("polyline", "polygon"):
        words.append(shape.get("points"))
    else:
        words += [shape.get(key) for key in ("x", "y", "width", "height") if shape.get(key)]
    tip = shape.find(SVG + "title")
    text = "".join(part for part in [shape.text, tip.tail if tip is not None else None] if part)
    words += ["'%s'" % text] if name == "text" else []
    words += ["tip '%s'" % tip.text] if tip is not None else []
    print(*words)
