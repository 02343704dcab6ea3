# type.py DOCUMENT: does what a document says.
#
# For each part below "## " of DOCUMENT, in a directory of its own: a fenced block
# with a file's name behind its language is that file; a block `sh` is typed, and
# fails with its last command; a block `text` is the end of what the block before
# it printed. Prints all of it.
import os
import re
import subprocess
import sys

with open(sys.argv[1]) as file:
    document = file.read()

for number, part in enumerate(document.split("\n## ")[1:]):
    print("##", part.split("\n")[0])
    os.makedirs(str(number))
    printed = ""
    for info, text in re.findall(r"^```(.+?)\n(.*?)^```$", part, re.M | re.S):
        language, _, name = info.partition(" ")
        if name:
            with open(os.path.join(str(number), name), "w") as file:
                file.write(text)
        elif language == "sh":
            run = subprocess.run(["bash", "-e"], input=text, text=True, cwd=str(number),
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            printed = run.stdout
            print(printed, end="")
            if run.returncode:
                sys.exit("status %d of:\n%s" % (run.returncode, text))
        elif language == "text" and not printed.rstrip().endswith(text.rstrip()):
            sys.exit("it did not print:\n" + text)
