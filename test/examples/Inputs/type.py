# type.py DOCUMENT [together]: does what a document says.
#
# For each part below "## " of DOCUMENT, in a directory of its own, or for all of it
# in the current one: a fenced block with a file's name behind its language is that
# file; a block `sh` is typed, and fails with its last command; a block `text` is
# the end of what the block before it printed. Prints all of it.
import os
import re
import subprocess
import sys

with open(sys.argv[1]) as file:
    document = file.read()
together = sys.argv[2:] == ["together"]
parts = [document] if together else document.split("\n## ")[1:]

for number, part in enumerate(parts):
    where = "." if together else str(number)
    print("##", part.split("\n")[0])
    os.makedirs(where, exist_ok=True)
    printed = ""
    for info, text in re.findall(r"^```(.+?)\n(.*?)^```$", part, re.M | re.S):
        language, _, name = info.partition(" ")
        if name:
            with open(os.path.join(where, name), "w") as file:
                file.write(text)
        elif language == "sh":
            run = subprocess.run(["bash", "-e"], input=text, text=True, cwd=where,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            printed = run.stdout
            print(printed, end="")
            if run.returncode:
                sys.exit("status %d of:\n%s" % (run.returncode, text))
        elif language == "text" and not printed.rstrip().endswith(text.rstrip()):
            sys.exit("it did not print:\n" + text)
