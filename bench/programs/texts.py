"""Makes the texts that the programs read: the same in every run, so that the
programs' figures are those of the same work."""

import itertools
import json

WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
    "omicron pi rho sigma tau upsilon phi chi psi omega"
).split()


def records():
    """Endless records, alike but not the same: lists, names, texts, numbers."""
    state = 1
    for number in itertools.count():
        values = []
        for _ in range(16):
            # a linear congruential generator, as in Numerical Recipes
            state = (state * 1664525 + 1013904223) % 2**32
            values.append(state >> 8)
        yield {
            "id": number,
            "name": "%s %s" % (WORDS[values[0] % 24], WORDS[values[1] % 24]),
            "active": values[2] % 2 == 0,
            "score": values[3] / 1000,
            "tags": [WORDS[value % 24] for value in values[4 : 4 + values[2] % 5]],
            "position": {"x": values[9] % 1000, "y": values[10] / 64, "z": None},
            "note": 'line one\nline "%s"\t%s' % (WORDS[values[11] % 24], "." * (values[12] % 60)),
        }


def write_json(path, size):
    """An array of records, not shorter than `size` bytes."""
    with open(path, "w") as file:
        separator = "["
        for record in records():
            file.write(separator + json.dumps(record))
            separator = ",\n"
            if file.tell() >= size:
                break
        file.write("]\n")


def write_yaml(path, size):
    """A sequence of records in block style, not shorter than `size` bytes."""
    with open(path, "w") as file:
        for record in records():
            file.write("- id: %d\n" % record["id"])
            file.write("  name: %s\n  score: %r\n" % (record["name"], record["score"]))
            file.write("  tags: [%s]\n" % ", ".join(record["tags"]))
            position = record["position"]
            file.write("  position:\n    x: %d\n    y: %r\n" % (position["x"], position["y"]))
            file.write("  note: %s\n" % json.dumps(record["note"]))
            if file.tell() >= size:
                break
