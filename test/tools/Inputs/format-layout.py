# gdb's side of profile-format.test: "struct offset size field" for every struct
# that the two headers of the format define.
import re
import sys

import gdb

names = set()
for header in ("memprof_format.h", "memprof_abi.h"):
    with open(headers + "/" + header) as file:
        names |= set(re.findall(r"^struct (memprof_\w+) \{", file.read(), re.M))
for name in sorted(names):
    fields = gdb.lookup_type("struct " + name).fields()
    for field in fields:
        size = 0 if field.name == "text" else field.type.sizeof
        print(name, field.bitpos // 8, size, field.name)
