# SPDX-License-Identifier: GPL-2.0
"""For gdb on a guest that waits to boot: let the N-th allocation fail (N from the
environment, FAULT) that dynamic debug makes before the kernel's sites are packed, and tell in the file
"faults" how many it made. The kernel's fault injection has no debugfs that early,
but the functions that it decides in are there: one of them returns an error.
Beside this process: the socket of QEMU's gdbstub, "gdb".
"""
import os
import gdb

STACK = 16384       # less than this below the caller: same stack
ENOMEM = 12
fault = int(os.environ["FAULT"])


def reg(name):
    return int(gdb.parse_and_eval("(unsigned long)$" + name))


def return_address():
    return int(gdb.parse_and_eval("*(unsigned long *)$rsp"))


class Decision(gdb.Breakpoint):
    """A function of which the result decides whether an allocation fails."""
    stack = None
    count = 0

    def __init__(self, function, result):
        super().__init__("*" + function)
        self.result = result

    def stop(self):
        if not 0 <= Decision.stack - reg("rsp") < STACK:
            return False    # another thread's
        Decision.count += 1
        return Decision.count == fault


gdb.execute("set confirm off")
gdb.execute("set pagination off")
gdb.execute("target remote gdb")
start = gdb.Breakpoint("*dynamic_debug_init")
gdb.execute("continue")
start.delete()
Decision.stack = reg("rsp")
# until the sites are packed; or never, and the function ends
ends = [gdb.Breakpoint("*%d" % return_address())]
pack = gdb.Breakpoint("*ddebug_sites_add")
decisions = [Decision("should_failslab", -ENOMEM), Decision("should_fail_alloc_page", 1)]
gdb.execute("continue")
while not any(reg("pc") == int(end.location[1:]) for end in ends):
    if reg("pc") == int(gdb.parse_and_eval("(unsigned long)&ddebug_sites_add")):
        ends.append(gdb.Breakpoint("*%d" % return_address()))
    for decision in decisions:
        if reg("pc") == int(gdb.parse_and_eval("(unsigned long)&" + decision.location[1:])):
            gdb.execute("set $rax = %d" % decision.result)
            gdb.execute("set $pc = %d" % return_address())
            gdb.execute("set $rsp = $rsp + 8")
    gdb.execute("continue")
with open("faults", "w", encoding="ascii") as f:
    f.write("%d\n" % Decision.count)
for breakpoint in ends + [pack] + decisions:
    breakpoint.delete()
gdb.execute("detach")
