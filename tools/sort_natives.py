#!/usr/bin/env python3
"""Puts what JavaCPP generated into an order that is the same each time: sort_natives.py FILE...

JavaCPP writes the functions in the order in which the JVM lists a class's methods, which depends on addresses and differs
from run to run; so would the library, which is to have the same bytes whoever builds it.
"""

import re
import sys
from pathlib import Path

FUNCTION = re.compile(r"^JNIEXPORT \w+ JNICALL Java_.*?^}\n", re.MULTILINE | re.DOTALL)


def in_order(source):
    functions = FUNCTION.findall(source)
    if not functions:
        raise SystemExit("ERROR: JavaCPP's code has no functions as this script knows them")
    ordered = iter(sorted(functions))
    return FUNCTION.sub(lambda _: next(ordered), source)


for name in sys.argv[1:]:
    file = Path(name)
    file.write_text(in_order(file.read_text()))
