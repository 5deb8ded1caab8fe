# SPDX-License-Identifier: GPL-2.0
"""diff.py SEED STEPS FILE...: the work of scripts/diff-test, which see. The
FILEs are those that the series edits. Runs in the top directory.
"""
import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

import stream

SIDES = {"none": "unpatched", "all": "patched"}
SHOWN = 40          # steps and lines of a kind that are printed at most
TRIALS = 40         # boots of both kernels to find a shorter stream
SHRINK_TIME = 600   # seconds, for the same
QUERY_KINDS = list(stream.QUERIES)
KNOWN = re.compile("(%s) [wWvlupgroc]( |$)" % "|".join(QUERY_KINDS + list(stream.OTHERS)))
STEP = re.compile(r"= (\d+) (-?\d+) (\d+) ([0-9a-f]+) (-?\d+) ([0-9a-f]+)$")


class Run:
    """What one kernel printed when it ran a stream"""

    def __init__(self, status, out, err):
        self.status = status
        self.steps = []         # (value, (lines of control, hash), (log records, hash))
        self.control = []       # in full, of the step that was asked for
        self.log = []
        self.err = err
        for line in out.splitlines():
            match = STEP.match(line)
            if match:
                _, value, lines, control, records, log = match.groups()
                self.steps.append((int(value), (int(lines), control), (int(records), log)))
            elif line.startswith("C "):
                self.control.append(line[2:])
            elif line.startswith("L "):
                self.log.append(line[2:])


class Guests:
    """Boots both kernels side by side"""

    def __init__(self, work):
        self.work = work
        self.running = []
        for side in SIDES:
            os.mkdir(f"{work}/{side}")
            self.write(side, "table", "")
        subprocess.run(["gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", f"{work}/run",
                        "tests/diff/run.c"], check=True)
        for side in SIDES:
            os.link(f"{work}/run", f"{work}/{side}/run")
        if os.environ.get("FAULT"):
            self.write("all", "fault", os.environ["FAULT"])

    def write(self, side, name, text):
        with open(f"{self.work}/{side}/{name}", "w", encoding="latin-1") as file:
            file.write(text)

    def boot(self, steps=None, dump=-1):
        for side in SIDES:
            if steps is not None:
                self.write(side, "stream", "".join(step + "\n" for step in steps))
                self.write(side, "dump", str(dump))
            out, err = (open(f"{self.work}/{side}.{name}", "wb") for name in ("out", "err"))
            env = dict(os.environ, SERIES=side, FILES=f"{self.work}/{side}",
                       LOG=os.path.abspath(f"build/log/diff-{side}.log"))
            with out, err:
                self.running.append(subprocess.Popen(["scripts/guest", "tests/diff/guest.sh"], env=env,
                                                     stdin=subprocess.DEVNULL, stdout=out, stderr=err))
        status = [process.wait() for process in self.running]
        self.running = []
        return [(s, self.read(f"{side}.out"), self.read(f"{side}.err")) for s, side in zip(status, SIDES)]

    def read(self, name):
        with open(f"{self.work}/{name}", encoding="latin-1", newline="\n") as file:
            return file.read()

    def run(self, steps, dump=-1):
        return [Run(*result) for result in self.boot(steps, dump)]

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait()


def differences(one, two, steps):
    """of two runs: {step: what differs}. What stays different counts once."""
    found = {}
    apart = False
    for n, step in enumerate(steps):
        if n >= len(one.steps) or n >= len(two.steps):
            found[n] = ["end"]
            break
        (value, control, log), (value2, control2, log2) = one.steps[n], two.steps[n]
        what = []
        if value != value2:
            what.append("return code")
        if control != control2 and not apart:
            what.append("control")
        apart = control != control2
        # a log that overran its buffer holds what happened to stay
        if log != log2 and log[0] >= 0 and log2[0] >= 0:
            what.append("log")
        # how many odd reads did not show what the whole of control shows
        if step.startswith("read r ") and value2 > 0:
            what.append("parts of control")
        if what:
            found[n] = what
    else:
        # reports in the kernel's log
        if steps and (one.status or two.status):
            found.setdefault(len(steps) - 1, ["end"])
    return found


class Shrink:
    """Searches the shortest stream that shows a difference"""

    def __init__(self, guests):
        self.guests = guests
        self.trials = 0
        self.start = time.monotonic()

    def fails(self, steps):
        """the steps up to the first difference, or None"""
        if not steps or self.trials >= TRIALS or time.monotonic() - self.start > SHRINK_TIME:
            return None
        self.trials += 1
        found = differences(*self.guests.run(steps), steps)
        print(f"trial {self.trials}: {len(steps)} steps: {'differ' if found else 'same'}", file=sys.stderr)
        return steps[:min(found) + 1] if found else None

    def fewer(self, items, build):
        """Leave out items, halves first, while what build() makes of them fails"""
        size = max(len(items) // 2, 1)
        while True:
            i = 0
            while i < len(items) and len(items) > 1:
                rest = items[:i] + items[i + size:]
                failed = self.fails(build(rest))
                if failed:
                    items = rest
                else:
                    i += size
            if size == 1:
                return items
            size //= 2

    def tail(self, steps):
        """The last steps are enough, mostly, with the level and the modules of then"""
        count = 1
        while count < len(steps):
            before, last = steps[:-count], steps[-count:]
            state = {}
            for step in before:
                _, operation, *argument = step.split(" ", 2)
                if operation in "vlu":
                    state[operation == "v" or argument[0].split(" ")[0]] = step
            failed = self.fails(list(state.values()) + last)
            if failed:
                return failed
            count *= 4
        return steps

    def shortest(self, steps):
        steps = self.tail(steps)
        # with every trial the stream may also end earlier
        steps = self.fewer(steps, list)
        for n, step in enumerate(steps):
            kind, operation, *argument = step.split(" ", 2)
            if operation in "wW" and argument:
                parts = [p for p in re.split("(?<=;)|(?<=%0a)", argument[0]) if p]
                parts = self.fewer(parts, lambda p, n=n, head=f"{kind} {operation} ":
                                   steps[:n] + [head + "".join(p)] + steps[n + 1:])
                steps[n] = f"{kind} {operation} " + "".join(parts)
        return steps


def shell(step):
    """The step as a shell command, for people"""
    _, operation, *argument = step.split(" ", 2)
    data = stream.decode(argument[0]) if argument else b""
    text = "".join({39: "'\\''", 92: "\\\\", 37: "%%"}.get(c, chr(c) if 32 <= c < 127 else "\\%03o" % c)
                   for c in data)
    parameters = "/sys/module/test_dynamic_debug/parameters/"
    name, _, value = text.partition(" ")
    return {
        "w": f"printf '{text}' >/proc/dynamic_debug/control",
        "W": f"printf '{text}' >/sys/kernel/debug/dynamic_debug/control",
        "v": f"printf '{text}' >/sys/module/dynamic_debug/parameters/verbose",
        "l": f"modprobe {name} '{value}'" if value else f"modprobe {name}",
        "u": f"rmmod {name}",
        "p": f"printf '{value}' >{parameters}{name}",
        "g": f"cat {parameters}{name}",
        "r": f"# reads of odd sizes from odd places of control, seed {text}",
        "o": f"exec 9</proc/dynamic_debug/control; dd bs={text} count=1 <&9",
        "c": "cat <&9",
    }[operation]


def comment(*lines):
    for line in lines:
        print("# " + line)


class Plan:
    """Prints KTAP"""

    def __init__(self, count):
        self.number = self.failed = 0
        print(f"KTAP version 1\n1..{count}")

    def test(self, ok, text):
        self.number += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.number} - {text}", flush=True)

    def end(self):
        print(f"{self.number - self.failed} passed, {self.failed} failed")
        return self.failed > 0


def match_controls(controls, edited):
    """The n-th callsite here is the n-th there. Returns the moved ones, as pairs
    of Callsites, and the lines that differ otherwise."""
    moved, wrong = [], []
    number = re.compile(r"^([^:]*):\d+ ")
    if len(controls[0]) != len(controls[1]):
        wrong.append(f"{len(controls[0])} lines, patched {len(controls[1])}")
    for line, line2 in zip(*controls):
        if line == line2:
            continue
        if number.sub(r"\1: ", line) == number.sub(r"\1: ", line2) and line.split(":")[0] in edited:
            moved.append((stream.Callsite(line), stream.Callsite(line2)))
        else:
            wrong += ["-" + line, "+" + line2]
    return moved, wrong


def table(moved):
    """What the patched kernel prints because of moved lines, and the unpatched one:
    in control and in what verbose logs, and with the flag l."""
    text = ""
    for site, site2 in moved:
        start = re.split(r"[%\\]", site.format)[0]
        text += f"{site2.file}:{site2.line} [\n{site.file}:{site.line} [\n"
        # without a text of its own it's not among the messages that are compared
        if len(start) > 8:
            text += f"{site2.line}: {start}\n{site.line}: {start}\n"
    return text


def show_ends(runs, count):
    """A guest that failed says why."""
    for run, side in zip(runs, SIDES.values()):
        if run.status:
            comment(f"{side}: {len(run.steps)} of {count} steps, then status {run.status}:")
            comment(*("  " + line[:500] for line in run.err.splitlines()[-SHOWN:]))


def show(guests, first, steps):
    """Find a short stream that differs and print all about its end"""
    shrink = Shrink(guests)
    if not shrink.fails(steps[:first + 1]):
        comment("the stream up to there did not differ again: it depends on more than the stream")
        return steps
    steps = shrink.shortest(steps[:first + 1])
    comment(f"the shortest stream found in {shrink.trials} trials, {len(steps)} steps:")
    for step in steps[-SHOWN:]:
        text = shell(step)
        comment("  " + (text if len(text) < 500 else text[:500] + f" ... {len(text)} characters"))
    runs = guests.run(steps, len(steps) - 1)
    show_ends(runs, len(steps))
    found = differences(*runs, steps)
    if not found:
        comment("which did not differ again: it depends on more than the stream")
        return steps
    comment(f"after its step {min(found) + 1} differ: {', '.join(found[min(found)])}")
    for run, side in zip(runs, SIDES.values()):
        if len(run.steps) == len(steps):
            comment(f"{side}: returned {run.steps[-1][0]}")
    for what in ("control", "log"):
        lines = list(difflib.unified_diff(*(getattr(run, what) for run in runs),
                                          *(f"{side}/{what}" for side in SIDES.values()), n=1, lineterm=""))
        comment(*lines[:SHOWN])
        if len(lines) > SHOWN:
            comment(f"... {len(lines)} lines")
    return steps


def coverage(steps, run, patched):
    """what the stream reached: text, and is it enough?"""
    level, levels, queries, done = 0, Counter(), 0, 0
    for step, (value, _, _) in zip(steps, run.steps):
        kind, operation, *argument = step.split(" ", 2)
        if operation == "v" and value > 0:
            level = int(argument[0], 0)
        elif kind in QUERY_KINDS:
            queries += 1
            done += value > 0
            levels[max(0, min(level, 4))] += 1
    records = sum(log[0] for _, _, log in run.steps if log[0] > 0)
    lost = sum(one[2][0] < 0 or two[2][0] < 0 for one, two in zip(run.steps, patched.steps))
    states = len({control for _, control, _ in run.steps})
    text = (f"{queries} queries, {done} of them right, at verbose " +
            ", ".join(f"{n}: {levels[n]}" for n in sorted(levels)) +
            f"; {states} states of control, {records} records of the log compared")
    if lost:
        text += f", those of {lost} steps not, which logged more than the buffer holds"
    return text, len(levels) == 5 and done > queries // 4 and records > len(steps) and lost * 100 < len(steps)


def main(seed, count, edited, work):
    guests = Guests(work)
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)):
        signal.signal(number, lambda *_, status=status: sys.exit(status))
    start = time.monotonic()
    try:
        given = os.environ.get("STREAM")
        controls = []
        for status, out, err in guests.boot():
            if status:
                sys.exit(f"{err}\nerror: the guest does not print its control: see above")
            controls.append([text.split("\n")[1:-1] for text in out.split("# loaded\n")])
        pairs = list(zip(*controls))
        moved, wrong = match_controls(pairs[1], edited)
        wrong += match_controls(pairs[0], edited)[1]
        if given:
            with open(given, encoding="latin-1", newline="\n") as file:
                steps = file.read().splitlines()
            for n, step in enumerate(steps):
                if not KNOWN.match(step):
                    sys.exit(f"error: line {n + 1} of {given} is no step: see stream.py")
        else:
            lines = [(a.line, b.line) for a, b in moved]
            steps = stream.Stream(seed, controls[0][1], lines).steps(count)
        kinds = list(dict.fromkeys(step.split(" ")[0] for step in steps))
        kinds.sort(key=(QUERY_KINDS + list(stream.OTHERS)).index)
        enough = not given and count >= 3000
        plan = Plan(1 + len(kinds) + enough)
        if not given:
            comment(f"SEED={seed} STEPS={count} CONFIG={os.environ['CONFIG']}")
        files = Counter(site.file for site, _ in moved)
        comment(*(f"excepted: the line numbers of {n} callsites in {file}, which the series edits"
                  for file, n in files.items()))
        plan.test(not wrong, f"control after boot, {len(pairs[1][0])} callsites")
        comment(*wrong[:SHOWN])
        guests.write("all", "table", table(moved))

        runs = guests.run(steps)
        found = differences(*runs, steps)
        for kind in kinds:
            mine = [n for n, step in enumerate(steps) if step.split(" ")[0] == kind]
            bad = [n for n in mine if n in found]
            text = f"{kind}{' queries' if kind in QUERY_KINDS else ''}: {len(mine)} steps"
            plan.test(not bad, text + (f", {len(bad)} differ, first {bad[0]}" if bad else ""))
        if enough:
            text, ok = coverage(steps, *runs)
            plan.test(ok, text)
        show_ends(runs, len(steps))
        if found:
            first = min(found)
            comment(f"step {first} is the first to differ, in: {', '.join(found[first])}",
                    "  " + shell(steps[first])[:500])
            shortest = show(guests, first, steps)
            name = f"build/log/diff-{seed}.stream"
            with open(name, "w", encoding="latin-1") as file:
                file.write("".join(step + "\n" for step in shortest))
            comment(f"to run that again: STREAM={name} scripts/diff-test")
        comment(f"{time.monotonic() - start:.0f} s")
        return plan.end()
    finally:
        guests.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir="build/tmp") as directory:
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), set(sys.argv[3:]), directory))
