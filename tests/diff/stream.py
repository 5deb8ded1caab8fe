# SPDX-License-Identifier: GPL-2.0
"""The seeded stream of steps that both kernels run: "KIND OPERATION ARGUMENT",
with %XX for odd bytes. What an operation does is in run.c, step().
"""
import random
import re

FLAGS = "pmfslt_"
MODULES = ["test_dynamic_debug"] * 6 + ["loop", "zram", "dummy", "no_such_module"]
CLASSES = (["D2_CORE", "D2_DRIVER", "D2_KMS", "D2_PRIME", "D2_ATOMIC", "D2_VBL", "D2_STATE",
            "D2_LEASE", "D2_DP", "D2_DRMRES", "LOW", "MID", "HI"] +
           ["V%d" % i for i in range(8)] + ["L%d" % i for i in range(8)])
NAMES = {"disjoint_names": ["LOW", "MID", "HI"], "level_names": CLASSES[-8:]}
LIMIT = 4095    # bytes that control takes at once
QUERIES = {"valid": 40, "many": 14, "mutated": 20, "malformed": 12, "random": 8, "long": 6}
OTHERS = {"verbose": 20, "load": 20, "unload": 11, "class": 24, "print": 14, "read": 11}


def encode(data):
    """Bytes as text without spaces at the ends, control characters and %."""
    text = "".join(chr(c) if 32 <= c < 127 and c != 37 else "%%%02x" % c for c in data)
    return re.sub("^ | $", "%20", text)


def decode(text):
    return re.sub(b"%(..)", lambda m: bytes([int(m[1], 16)]), text.encode("latin-1"))


class Callsite:
    pattern = re.compile(r'(.*?):(\d+) \[(.*?)\](\S+) =\S+ "(.*)"(?: class:(\S+)| class unknown, .*)?$')

    def __init__(self, line):
        match = self.pattern.match(line)
        self.file, self.line, self.module, self.function, self.format, self.cls = match.groups()
        self.line = int(self.line)


class Stream:
    """control: the lines of the unpatched kernel, test module included;
    moved: pairs of line numbers, of a callsite here and there"""

    def __init__(self, seed, control, moved):
        self.rng = random.Random(seed)
        self.sites = [Callsite(line) for line in control]
        self.test_sites = [s for s in self.sites if s.module == "test_dynamic_debug"]
        self.control = control
        self.moved = [range(min(p), max(p) + 1) for p in moved]

    def safe(self, query):
        """No number in it tells the two kernels apart by the place of a moved line."""
        numbers = [int(n) for n in re.findall(rb"\d+", query)]
        return not any(n in r for n in numbers for r in self.moved)

    def site(self):
        if self.rng.random() < 0.2:
            return self.rng.choice(self.test_sites)
        return self.rng.choice(self.sites)

    def wild(self, text):
        """Sometimes with * or ? in it."""
        what = self.rng.random()
        if what < 0.65 or not text:
            return text
        a = self.rng.randrange(len(text))
        b = self.rng.randrange(a, len(text)) + 1
        if what < 0.85:
            return text[:a] + "*" + text[b:]
        if what < 0.92:
            return text[:a] + "?" + text[a + 1:]
        if what < 0.96:
            return text[:max(a, 3)] + "*"
        return "*" + text[min(a, len(text) - 3):]

    def range(self, line):
        a = max(0, line - self.rng.choice([0, 1, 10, 100, 1000]))
        b = line + self.rng.choice([0, 1, 10, 100, 1000])
        return self.rng.choice(["%d" % line, "%d-%d" % (a, b), "%d-" % a, "-%d" % b,
                                "%d-%d" % (line, b), "%d-%d" % (a, line)])

    def piece(self, text):
        """Of a format, as control shows it: what has no ; and no half escapes"""
        a = self.rng.randrange(len(text) + 1)
        b = self.rng.randrange(a, len(text) + 1)
        anchor = ""
        if self.rng.random() < 0.3:
            anchor, a = "^", 0
        return anchor + text[a:b].replace(";", "").rstrip("\\")

    def quote(self, text):
        if '"' in text:
            return "'%s'" % text
        if not text or re.search(r"\s", text) or self.rng.random() < 0.2:
            return self.rng.choice(['"%s"', "'%s'"] if "'" not in text else ['"%s"']) % text
        return text

    def flags(self, narrow):
        chosen = [f for f in FLAGS if self.rng.random() < (0.1 if f == "_" else 0.4)]
        # switching callsites on takes long, a thousand times
        if not narrow and self.rng.random() < 0.8:
            chosen = [f for f in chosen if f != "p"]
        self.rng.shuffle(chosen)
        return self.rng.choice("+++==--") + "".join(chosen)

    def value(self, keyword, site):
        if keyword == "module":
            return self.wild(site.module)
        if keyword == "file":
            name = site.file if self.rng.random() < 0.5 else site.file.split("/")[-1]
            tail = self.rng.random()
            if tail < 0.1:
                return name + ":" + self.wild(site.function)
            if tail < 0.2:
                return name + ":" + self.range(site.line)
            return self.wild(name)
        if keyword == "func":
            return self.wild(site.function)
        if keyword == "line":
            return self.range(site.line)
        if keyword == "class":
            return site.cls or self.rng.choice(CLASSES)
        return self.piece(site.format)

    def query(self):
        """One that is right, as text"""
        site = self.site()
        keywords = ["module", "file", "func", "line", "format"]
        if site.cls or self.rng.random() < 0.05:
            keywords += ["class"] * 4
        count = self.rng.choices([0, 1, 2, 3, 4], [1, 35, 38, 20, 6])[0]
        words = []
        for keyword in dict.fromkeys(self.rng.choices(keywords, k=count)):
            if self.rng.random() < 0.05:
                site = self.site()
            words += [keyword, self.quote(self.value(keyword, site))]
        space = self.rng.choice([" "] * 12 + ["  ", "\t", " \t "])
        narrow = any(k in words for k in ("file", "func")) or "class" in words
        return space.join(words + [self.flags(narrow)])

    def queries(self, most):
        """Some in one write, comments and empty ones in between, up to the limit"""
        text = ""
        for _ in range(self.rng.randint(2, most)):
            more = self.query() if self.rng.random() < 0.9 else self.malformed_text()
            if self.rng.random() < 0.08:
                more = "# " + more
            more += self.rng.choice([";", "\n", "; ", " ;", "\n\n", ";;"])
            if len(text) + len(more) > LIMIT:
                break
            text += more
        return text

    def malformed_text(self):
        rng = self.rng
        q = self.query()
        words = q.split()
        good = words[:-1] or ["module", "main"]
        return rng.choice([
            "", " ", ";", "#", "# " + q, "\t", "+", "=", "-", "p", "+p+p", "+x", "=pmq", "++p", "+P",
            "*p", q + " p", q + " " + q, q + " #" + q, q[:-1], " ".join(good), words[-1] * 2,
            "module", "module +p", "func +p", "module '' =_", 'func "" +p', "format '' +t",
            "module main module main +p", "file a.c file b.c +p", "func a func b +p",
            "line 1 line 2 +p", "file main.c:5 line 7 +p", "file main.c:start func x +p",
            "class D2_CORE class LOW +p", "format a format b +p", "class NO_SUCH +p", "class '' +p",
            "line 5-3 +p", "line - +f", "line 5- -f", "line -5 +p", "line abc +p", "line 0x10 +p",
            "line 1-2-3 +p", "line 4294967295 +p", "line 4294967296 +p", "line -1-2 +p",
            "line 0 +m", "line 0-0 +m", "line '' -m", "line 1,5 +p", "line +7 +p", "file '' +p", "file : +p",
            "file main.c: -p", "file main.c:* -p", "file main.c:?x +p", "file :1 +p",
            "format \\142\\154 +s", "format \\x62 +s", "format '\\' +s", "format \\ +s", "format ^ -s",
            "format \\t +l", "format '\\n' -l", "format '\\\"' -l", "format '\\040' -l", "format \\7 +p",
            "module 'main +p", 'func "x', "'", '"', "''", '"" ""', "module main'x +p", "module \"a\"b +p",
            "Module main +p", "modules main +p", "MODULE main +p", "main +p", "kobject:1 +p",
            "a b c d e f g h i j", "module a func b file c line 1 format d +p",
            "module a func b file c line 1 format d class e +p",
            "module a func b file c line 1-2 +p", "module [a-z]* +p", "module \\* +p",
            "module ***** -p", "func ?* -p", "file */*/*.c:* -p", "func *a*b*c*d*e*f* -p",
            " " * rng.randrange(100) + q, q + "\0" + q, "\0" + q, q + "\r\n", "\v" + q, "\f", "\xa0" + q,
        ])

    def mutate(self, data):
        rng = self.rng
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            i = rng.randrange(len(data) + 1)
            j = rng.randrange(i, len(data) + 1)
            data = rng.choice([
                lambda: data[:i] + data[i + 1:],
                lambda: data[:i] + data[i:i + 1] + data[i:],
                lambda: data[:i] + bytes([rng.randrange(256)]) + data[i + 1:],
                lambda: data[:i] + rng.choice(b" \"'\\;#*?:-+=\n\t_^").to_bytes(1, "big") + data[i:],
                lambda: data[:i] + bytes([data[i] ^ 1 << rng.randrange(8)]) + data[i + 1:] if i < len(data) else data,
                lambda: data[:i] + data[j:],
                lambda: data[:j] + data[i:],
                lambda: b" ".join(rng.sample(data.split(b" "), data.count(b" ") + 1)),
            ])()
        return data

    def long(self):
        rng = self.rng
        length = rng.choice([LIMIT - 1, LIMIT, LIMIT, LIMIT + 1, LIMIT + 2, rng.randrange(3000, 5000),
                             8192, 70000])
        q = self.query().encode("latin-1")
        data = rng.choice([
            lambda: b" " * (length - len(q)) + q,
            lambda: q + b"\n" * (length - len(q)),
            lambda: q + b"#" + b"x" * (length - len(q) - 1),
            lambda: b"module " + b"x" * (length - 10) + b" +p",
            lambda: b"func " + b"*" * 20 + b"y" * (length - 30) + b" +p",
            lambda: b"x" * length,
            lambda: b"format '" + b"\\101" * ((length - 12) // 4) + b"' +p",
            lambda: b"+p" + b"mf" * ((length - 2) // 2),
            lambda: b";" * length,
            lambda: b"a " * (length // 2),
            lambda: b"func no_such +p;" * (length // 16),
            lambda: b"module no_such +" + b"p" * (length - 16),
        ])()
        return data[:length]

    def write(self, kind):
        rng = self.rng
        while True:
            if kind == "valid":
                data = self.query().encode("latin-1")
            elif kind == "many":
                data = self.queries(rng.choice([3, 5, 10, 60])).encode("latin-1")
            elif kind == "mutated":
                text = self.query() if rng.random() < 0.8 else self.queries(4)
                data = self.mutate(text.encode("latin-1"))
            elif kind == "malformed":
                text = self.malformed_text() if rng.random() < 0.85 else rng.choice(self.control)
                data = text.encode("latin-1")
            elif kind == "random":
                source = rng.choice([bytes(range(256)), bytes(range(1, 256)), bytes(range(32, 127)),
                                     b"pmfslt_+-= module file func line format class \"';\n#\\*?:0123456789"])
                data = bytes(rng.choices(source, k=rng.choice([1, 2, 5, 20, 100, 1000])))
            else:
                data = self.long()
            if rng.random() < 0.5 and kind in ("valid", "malformed"):
                data += b"\n"
            if self.safe(data):
                return [(kind, "W" if rng.random() < 0.1 else "w", data)]

    def class_value(self, name):
        rng = self.rng
        if rng.random() < 0.15:
            return rng.choice(["", "\n", "x", "-1", "0x", "99999999999999999999", "+", ",", "D2_CORE", "1,2", " 1"])
        if name in NAMES:
            return ",".join(rng.choice(["", "+", "-"]) + rng.choice(NAMES[name] + ["NO_SUCH"] * (rng.random() < 0.2))
                            for _ in range(rng.choice([1, 1, 2, 5])))
        if name == "level_num":
            return "%d" % rng.randrange(10)
        return rng.choice(["0x%x", "%d"]) % rng.choice([0, 1, 0x3ff, 0x7ff, rng.randrange(0x400)])

    def parameter(self):
        return self.rng.choice(["disjoint_bits", "disjoint_names", "level_num", "level_names"])

    def other(self, kind):
        """A few steps that are no queries"""
        rng = self.rng
        if kind == "verbose":
            level = rng.choice(["0", "1", "2", "3", "4", "0", "1", "2", "3", "4", "5", "-1", "abc", "0x2", ""])
            return [(kind, "v", level.encode())]
        if kind == "load":
            module = rng.choice(MODULES)
            words = []
            if rng.random() < 0.6:
                query = self.query()
                while not self.safe(query.encode("latin-1")):
                    query = self.query()
                words.append(rng.choice(["dyndbg=" + self.flags(True), "dyndbg", 'dyndbg="%s"' % query.replace('"', "'"),
                                         'dyndbg="func do_* +pmf; class D2_CORE +pl"', 'dyndbg="+x"',
                                         "dyndbg=+pmfslt"]))
            if rng.random() < 0.2:
                name = self.parameter()
                words.append("p_%s=%s" % (name, self.class_value(name).strip()))
            if rng.random() < 0.1:
                words.append(rng.choice(["no_such=1", "x", "p_level_num", 'dyndbg=']))
            rng.shuffle(words)
            return [(kind, "l", " ".join([module] + words).encode("latin-1"))]
        if kind == "unload":
            return [(kind, "u", rng.choice(MODULES).encode())]
        if kind == "class":
            name = self.parameter()
            knob = rng.choice("pppT") + "_" + name
            steps = [(kind, "p", ("%s %s" % (knob, self.class_value(name))).encode())]
            if rng.random() < 0.3:
                steps.append((kind, "g", knob.encode()))
            return steps
        if kind == "print":
            return [(kind, "p", b"do_prints 1")] if rng.random() < 0.8 else [(kind, "g", b"do_prints")]
        what = rng.random()
        if what < 0.4:
            return [(kind, "r", b"%d" % rng.randrange(1 << 31))]
        if what < 0.7:
            return [(kind, "o", b"%d" % rng.randrange(1, 150000))]
        return [(kind, "c", b"")]

    def steps(self, count):
        """count steps, five of six of them queries; all off now and then"""
        rng = self.rng
        others = set(rng.sample(range(count), count // 6))
        out = []
        pending = []
        for n in range(count):
            if n not in others:
                if n % 100 == 99:
                    step = ("valid", "w", b"=_\n")
                else:
                    step = self.write(rng.choices(list(QUERIES), list(QUERIES.values()))[0])[0]
            else:
                if not pending:
                    pending = self.other(rng.choices(list(OTHERS), list(OTHERS.values()))[0])
                step = pending.pop(0)
            out.append("%s %s %s" % (step[0], step[1], encode(step[2])))
        return [s.rstrip(" ") for s in out]
