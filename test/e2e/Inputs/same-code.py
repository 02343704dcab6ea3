# same-code.py OBJDUMP BARE OURS [--unchanged F,...] [--dispatched F,...]: compares
# the machine code of functions in two object files.
#
# Unchanged ones must be equal, instruction for instruction. A dispatched one must
# have every instruction of the bare one, up to the choice of registers and stack
# slots and where they are saved, and besides them no more than a dispatch takes: the
# test of the object's word and a branch, and out of the way the call of the twin with
# its arguments and the way out.
import collections
import re
import subprocess
import sys

DISPATCH = 28  # instructions: at -O0 each argument is spilled and loaded twice


def functions(objdump, path):
    command = [objdump, "-d", "-r", "--no-show-raw-insn", "--no-leading-addr", path]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    code, name = {}, None
    for line in text.splitlines():
        head = re.match(r"(?:[0-9a-f]+ )?<(.+)>:$", line)
        if head:
            name = head.group(1)
            code[name] = []
        elif name and line.strip() and not line.startswith("Disassembly"):
            # Addresses within the function move; names and relocations stay.
            line = re.sub(r"^\s*[0-9a-f]+:\s*", "", line.strip())
            line = re.sub(r"\b0x[0-9a-f]+ (?=<)", "", line)
            line = re.sub(r"\+0x[0-9a-f]+>", ">", line)
            code[name].append(re.sub(r"\s+", " ", line))
    return code


def placeless(code):
    """The instructions without registers, stack slots, sizes of frames, padding."""
    for line in code:
        line = re.sub(r"-?(0x)?[0-9a-f]+(?=\(%r[bs]p\))", "", line)
        line = re.sub(r"^(addq|subq) \$\w+, %rsp", r"\1 %rsp", line)
        line = re.sub(r"%[a-z0-9]+", "%", line)
        if not re.match(r"nop|xchg|cs nop", line):
            yield line


objdump, bare_path, ours_path, *options = sys.argv[1:]
bare, ours = functions(objdump, bare_path), functions(objdump, ours_path)
failures = []
for option, names in zip(options[::2], options[1::2]):
    for name in names.split(","):
        was, now = bare[name], ours[name]
        if option == "--unchanged":
            same = was == now
        else:
            was, now = (collections.Counter(placeless(c)) for c in (was, now))
            more = sum((now - was).values())
            same = not was - now and 0 < more <= DISPATCH
        if not same:
            failures.append(name)
            print("%s is not %s" % (name, option[2:]), bare[name], ours[name], sep="\n")
sys.exit(bool(failures))
