#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""From what the parts of the benchmark printed to tables and plots.

report.py collect [JSON] RAW...     print results.json; JSON has the configurations of before
report.py render JSON DOCUMENT DIR  fill in the tables of DOCUMENT, draw plots in DIR

results.json is CONFIG > COLUMN > figures > KEY. Columns are none, the unpatched kernel;
all, the patched one; and slab, that without its pool. A figure is the median of all
runs; where they differ, "spread" has the least and the most.
"""
import fnmatch
import json
import math
import os
import re
import statistics
import subprocess
import sys

LINE = re.compile(r'@ ([A-Za-z0-9_.-]+) (-?[0-9]+(?:\.[0-9]+)?)')
NAME = re.compile(r'([a-z0-9-]+)\.(none|all|slab)\.([A-Za-z0-9_.-]+)')
TABLE = re.compile(r'(<!-- table: (.*?) -->\n).*?(<!-- end -->)', re.S)
COLUMNS = {'none': 'unpatched', 'all': 'patched, pool', 'slab': 'patched, slab'}


def number(text):
    return float(text) if '.' in text else int(text)


def collect(paths):
    """Figures of all runs of a part, by config and column, and how each was made."""
    results, runs, before = {}, {}, {}
    if paths[0].endswith('.json'):
        before = json.load(open(paths[0], encoding='utf-8'))
        paths = paths[1:]
    for path in paths:
        part, rest = os.path.basename(path).split('-', 1)
        config, column, _ = rest.rsplit('-', 2)
        entry = results.setdefault(config, {}).setdefault(column, {'parts': {}, 'figures': {}, 'spread': {}})
        for line in open(path, encoding='utf-8').read().splitlines():
            match = LINE.fullmatch(line)
            if match:
                runs.setdefault((config, column, match[1]), []).append(number(match[2]))
            elif line.startswith('# '):
                key, text = line[2:].split(' ', 1)
                if key == 'command':
                    made = entry['parts'].setdefault(part, {'command': text, 'runs': 0})
                    made['runs'] += 1
                    continue
                # parts differ in what they depend on
                where = made if key == 'stamp' else entry
                if where.setdefault(key, text) != text:
                    sys.exit(f'{path}: {key} is {text}, but {where[key]} elsewhere: run make bench again')
            else:
                sys.exit(f'{path}: what is this: {line}')
    for (config, column, key), values in sorted(runs.items()):
        entry = results[config][column]
        middle = statistics.median(values)
        entry['figures'][key] = int(middle) if middle == int(middle) else middle
        if min(values) != max(values):
            entry['spread'][key] = [min(values), max(values)]
        # What all sites of a generated module keep: their section, or its hot half, slab
        # and a quarter of a page for each block in the pool.
        growth = re.fullmatch(r'growth\.([0-9]+)\.sections\.hot', key)
        if growth:
            stored = lambda item: runs.get((config, column, f'growth.{growth[1]}.{item}'), [0])[0]
            entry['figures'][f'growth.{growth[1]}.memory'] = (
                values[0] + stored('slab_bytes') + 1024 * stored('pooled'))
    results = before | results
    for config in results:
        derive(results, config)
    return results


def derive(results, config):
    """Figures that need both kernels: what is added to the unpatched one, and all in all."""
    off = results.get(config + 'off', {}).get('none', {}).get('figures')
    columns = {column: entry['figures'] for column, entry in results[config].items()
               if {'mem.all', 'code.text'} <= entry['figures'].keys()}
    if 'none' not in columns:
        return
    none = columns['none']
    code = lambda figures: sum(figures[f'code.{part}'] for part in ('text', 'rodata', 'data'))
    for column, figures in columns.items():
        figures['mem.added'] = code(figures) - code(none)
        figures['mem.total'] = figures['mem.all'] + figures['mem.added']
        if off and 'est.names' in none:
            # on, less off: where each byte is
            for part in ('text', 'data', 'hot', 'jump', 'kallsyms'):
                figures[f'off.{part}'] = figures[f'code.{part}'] - off[f'code.{part}']
            for part in ('names', 'formats'):
                figures[f'off.{part}'] = none[f'est.{part}']
            figures['off.rest'] = (figures['code.rodata'] - off['code.rodata'] -
                                   figures['off.names'] - figures['off.formats'])
            figures['off.tables'] = figures['mem.tables']
            figures['off.packed'] = figures.get('mem.packed', 0)
            figures['off.around'] = figures['mem.all'] - figures['mem.hot'] - figures['mem.tables'] - figures['off.packed']
            figures['off.all'] = sum(value for key, value in figures.items()
                                     if key.startswith('off.') and key != 'off.all')


def figure(results, name):
    """The figure that config.column.key names; KeyError tells which is missing."""
    config, column, key = NAME.fullmatch(name).groups()
    try:
        return results[config][column]['figures'][key]
    except KeyError:
        raise KeyError(name) from None


def evaluate(results, expression):
    """The value of an expression of figures, numbers, + - * / and (), spaces between."""
    words = []
    for word in expression.split():
        if NAME.fullmatch(word):
            word = repr(figure(results, word))
        elif not re.fullmatch(r'[-+*/()]|[0-9.]+', word):
            raise KeyError(word)
        words.append(word)
    return eval(' '.join(words), {'__builtins__': {}})  # nothing but the words above


def fill_in(results, phrase):
    """A phrase with {expression} or {expression:format} in it, as Python formats it."""
    def value(match):
        expression, _, spec = match[1].partition(':')
        return format(evaluate(results, expression), spec)
    return re.sub(r'\{([^{}]*)\}', value, phrase)


def show(value):
    if value is None:
        return ''
    if isinstance(value, float) and not value.is_integer():
        return f'{value:,.2f}'
    return f'{value:,.0f}'


def times(ratio):
    return '' if ratio is None else f'{ratio:.3f}'


def a_site(value, sites):
    return '' if value is None else f'{value / sites:.2f}'


def grid(head, rows):
    """Lines of a table: text left, figures right."""
    lines = [head, ['---'] + ['---:'] * (len(head) - 1)] + rows
    return ['| ' + ' | '.join(line) + ' |' for line in lines]


class Tables:
    """Each method is a table of the document, its words the arguments."""

    def __init__(self, results):
        self.results = results

    def get(self, config, column, key):
        return self.results.get(config, {}).get(column, {}).get('figures', {}).get(key)

    def keys(self, config, pattern, columns=('none', 'all')):
        found = {}
        for column in columns:
            for key in self.results.get(config, {}).get(column, {}).get('figures', {}):
                if fnmatch.fnmatchcase(key, pattern):
                    found[key] = None
        return sorted(found)

    def ratio(self, config, key):
        none, patched = self.get(config, 'none', key), self.get(config, 'all', key)
        return patched / none if none and patched is not None else None

    def source(self, config, part):
        """The line below a table: how its figures were made."""
        of_config = self.results.get(config, {})
        entries = [of_config[column] for column in COLUMNS if part in of_config.get(column, {}).get('parts', {})]
        if not entries:
            return None
        first = entries[0]
        commands = ', '.join('`' + e['parts'][part]['command'] + '`' for e in entries)
        runs = first['parts'][part]['runs']
        return (f'Linux {first["kernel"]}, `{config}`, {first["compiler"]}; '
                f'{"median of %d runs" % runs if runs > 1 else "one run"} each of {commands}.')

    @staticmethod
    def how_to(config):
        settings = {'debian': ' DEBIAN=1', 'lean': '', 'nojump': ''}.get(config.removesuffix('off'), ' ARCHES=1')
        return f'Not measured yet: run `make bench{settings}`.'

    def present(self, config, part, lines):
        source = self.source(config, part)
        return lines + ['', source] if source else [self.how_to(config)]

    def memory(self, config):
        rows = []

        def row(text, key, bold=''):
            cells = []
            for column in COLUMNS:
                value, sites = self.get(config, column, key), self.get(config, column, 'mem.sites')
                cells += [show(value), a_site(value, sites)]
            if any(cells):
                rows.append([bold + c + bold if c else c for c in [text] + cells])
        row('sites (`__dyndbg_sites`), freed', 'mem.cold')
        row('packed from these (in the rows below)', 'mem.packed')
        row('descriptors (`__dyndbg`)', 'mem.hot')
        row('tables of built-in modules', 'mem.tables')
        row('packed sites, slab', 'mem.store')
        row('packed sites, pool pages', 'mem.pool_pages')
        if self.get(config, 'all', 'mem.pool_pages'):
            for text, key in (('struct of the pool', 'empty'), ('size class', 'class'),
                              ('handles', 'handles'), ('zspages', 'zspages')):
                column = self.results[config]['all']['figures'][f'mem.pool_{key}']
                sites = self.get(config, 'all', 'mem.sites')
                rows.append([f'pool: {text}', '', '', show(column), a_site(column, sites), '', ''])
        row('code, rodata and data added', 'mem.added')
        row('all of these', 'mem.total', '**')
        row('symbols (kallsyms), not in the sum', 'code.kallsyms')
        head = ['bytes'] + [c for text in COLUMNS.values() for c in (text, 'per callsite')]
        sites = self.get(config, 'none', 'mem.sites')
        return self.present(config, 'memory', [f'{show(sites)} callsites.', ''] + grid(head, rows) if sites else [])

    def machines(self):
        """All of the memory table, a row for each configuration."""
        rows, of = [], []
        for config in self.results:
            sites = self.get(config, 'none', 'mem.sites')
            totals = [self.get(config, column, 'mem.total') for column in COLUMNS]
            if None in totals:
                continue
            if not self.get(config, 'all', 'mem.pool_pages'):
                totals[1] = None
            rows.append([f'`{config}`', show(sites)] + [show(t) for t in totals] +
                        [show(self.get(config, 'all', 'mem.added'))] + [a_site(t, sites) for t in totals])
            of += [self.results[config][column] for column in COLUMNS]
        if not rows:
            return [self.how_to('lean')]
        list_of = lambda words: ', '.join(sorted(set(words)))
        head = ['bytes', 'callsites'] + list(COLUMNS.values()) + ['code added'] + [f'{c}, per callsite' for c in COLUMNS.values()]
        return grid(head, rows) + ['', f'Linux {list_of(e["kernel"] for e in of)}, '
                                   f'gcc {list_of(e["compiler"].split()[-1] for e in of)}; `tests/bench/memory.sh` as above.']

    def machine(self, config):
        rows = []
        for text, key in (('MemTotal', 'memtotal'), ('MemFree', 'memfree'), ('Slab', 'slab'),
                          ('init memory freed', 'initmem')):
            cells = []
            for column in COLUMNS:
                spread = self.results.get(config, {}).get(column, {}).get('spread', {}).get(f'mem.{key}')
                cell = show(self.get(config, column, f'mem.{key}'))
                cells.append(cell + (f' ({show(spread[0])} to {show(spread[1])})' if spread else ''))
            rows.append([text] + cells)
        return self.present(config, 'memory', grid(['kB'] + list(COLUMNS.values()), rows))

    def off(self, config):
        """What CONFIG_DYNAMIC_DEBUG costs: on, less off."""
        rows = []
        for text, key in (('code: at callsites, and of dynamic debug', 'text'), ('formats', 'formats'),
                          ('names of functions and files', 'names'), ('other rodata, alignment', 'rest'),
                          ('data and bss', 'data'), ('descriptors', 'hot'),
                          ('jump table', 'jump'), ('symbols (kallsyms)', 'kallsyms'),
                          ('tables of built-in modules', 'tables'), ('packed sites', 'packed'),
                          ('around them: slab, pool, pages', 'around'), ('all', 'all')):
            cells = []
            for column in COLUMNS:
                value = self.get(config, column, f'off.{key}')
                cells += [show(value), a_site(value, self.get(config, column, 'mem.sites'))]
            if any(cells):
                rows.append([text] + cells)
        head = ['bytes'] + [c for text in COLUMNS.values() for c in (text, 'per callsite')]
        return self.present(config + 'off', 'sections', grid(head, rows) if rows else [])

    def sections(self, config):
        rows = []

        def row(text, key):
            none, patched = self.get(config, 'none', key), self.get(config, 'all', key)
            rows.append([text, show(none), show(patched), f'{(patched or 0) - (none or 0):+,}'])
        for key in self.keys(config, 'image.*'):
            if self.get(config, 'none', key) != self.get(config, 'all', key) or not key.startswith('image.section.'):
                row(key.replace('image.section.', '').replace('image.', 'file: ').replace('bzimage', 'bzImage'), key)
        for part in ('text', 'rodata', 'data', 'kallsyms'):
            row(f'all of {part}, without init', f'code.{part}')
        head = ['bytes', 'unpatched', 'patched', 'difference']
        return self.present(config, 'memory', grid(head, rows))

    def functions(self, config):
        deltas = {key[len('bloat.'):]: self.get(config, 'all', key) for key in self.keys(config, 'bloat.*', ('all',))}
        shown = [name for name in deltas if abs(deltas[name]) >= 32]
        rows = [[f'`{name}`', f'{deltas[name]:+,}'] for name in sorted(shown, key=lambda n: (-deltas[n], n))]
        rest = [delta for name, delta in deltas.items() if name not in shown]
        rows.append([f'{len(rest)} others', f'{sum(rest):+,}'])
        rows.append(['all', f'{sum(deltas.values()):+,}'])
        return self.present(config, 'memory', grid(['bytes of functions', 'difference'], rows) if shown else [])

    def pinned(self):
        rows = []
        for config in self.results:
            figures = self.results[config].get('all', {}).get('figures', {})
            if 'mem.pin.store' in figures:
                rows.append([f'`{config}`'] + [show(figures[f'mem.pin.{k}']) for k in ('sites', 'blocks')] +
                            [show(figures[k]) for k in ('mem.pin.store_before', 'mem.pool_pages')] +
                            [show(figures['mem.pin.store']), show(4096 * figures['mem.pin.pages']),
                             a_site(figures['mem.pin.store'] - figures['mem.pin.store_before'], figures['mem.pin.sites'])])
        head = ['config', 'callsites enabled', 'blocks pinned', 'slab before', 'pool pages before', 'slab after', 'pool pages after',
                'more slab, per callsite']
        return grid(head, rows) if rows else [self.how_to('lean')]

    def modules(self, config):
        items = {'sites': 'callsites', 'hot': 'descriptors', 'cold': 'sites, bytes', 'core': 'module memory',
                 'init': 'init memory, freed', 'packed': 'packed', 'store': 'packed, slab', 'blocks': 'blocks in the pool'}
        names = sorted({key.split('.')[1] for key in self.keys(config, 'mod.*.core')})
        rows = []
        for name in names:
            for column in ('none', 'all'):
                cells = [self.get(config, column, f'mod.{name}.{item}') for item in items]
                rows.append([f'{name}, {"patched" if column == "all" else "unpatched"}'] + [show(c) for c in cells])
        return self.present(config, 'modules', grid(['bytes'] + list(items.values()), rows))

    def alternatives(self, config):
        rows = []
        sites = self.get(config, 'all', 'alt.sites')
        for key in self.keys(config, 'alt.*.bytes'):
            name = key[len('alt.'):-len('.bytes')]
            cells = [self.get(config, column, key) for column in ('none', 'all')]
            best = cells[1] if cells[1] is not None else cells[0]
            rows.append((best, [name] + [a_site(c, sites) for c in cells] +
                         [show(self.get(config, column, f'alt.{name}.lookup')) for column in ('none', 'all')]))
        rows = [row for _, row in sorted(rows, key=lambda r: -r[0])]
        head = ['', 'bytes per callsite, unpatched kernel', 'patched', 'instructions per lookup, unpatched', 'patched']
        return self.present(config, 'alternatives', grid(head, rows))

    def counts(self, config, pattern):
        """Keys of instructions, less those that say something about another."""
        return [key for key in self.keys(config, pattern)
                if not re.search(r'\.(spread|matches|lines|control_lines|least|most|wall)$', key)]

    def boots(self, config, pattern):
        """A sentence on how boots differ, which they should not."""
        worst = {}
        if self.results.get(config, {}).get('all', {}).get('parts', {}).get('instructions', {}).get('runs', 1) == 1:
            return 'One boot: `make bench` compares two.'
        for column in ('none', 'all'):
            entry = self.results.get(config, {}).get(column, {'spread': {}})
            for key, (least, most) in entry['spread'].items():
                if fnmatch.fnmatchcase(key, pattern) and not key.endswith('.spread'):
                    worst[f'`{key.split(".", 1)[1]}`, {COLUMNS[column].split(",")[0]}'] = (most - least) / (most or 1)
        if not worst:
            return 'No boot differed from another.'
        key = max(worst, key=worst.get)
        return f'{len(worst)} figures differed between boots, most of all {key}: by {100 * worst[key]:.2f} %.'

    def instructions(self, config):
        rows = []
        for key in self.counts(config, 'ins.*'):
            if not key.startswith('ins.query.'):
                cells = [self.get(config, column, key) for column in ('none', 'all')]
                spread = [self.get(config, column, key + '.spread') for column in ('none', 'all')]
                rows.append([key[4:]] + [show(c) for c in cells] + [times(self.ratio(config, key))] +
                            [' / '.join(show(s) for s in spread if s is not None)])
        head = ['instructions', 'unpatched', 'patched', 'ratio', 'spread in a boot, unpatched / patched']
        return self.present(config, 'instructions', grid(head, rows) + ['', self.boots(config, 'ins.*')])

    def queries(self, config):
        ways = ['same', 'on', 'off', 'prefix-on', 'prefix-off']
        rows = []
        for key in self.keys(config, 'ins.query.*.matches'):
            stem = key[:-len('.matches')]
            spread = [self.get(config, column, f'{stem}.{way}.spread') for column in ('none', 'all') for way in ways]
            rows.append([stem[len('ins.query.'):], show(self.get(config, 'all', key))] +
                        [times(self.ratio(config, f'{stem}.{way}')) for way in ways] +
                        [show(max((s for s in spread if s is not None), default=None))])
        head = ['ratio of instructions', 'matches', 'changes nothing', '+p', '-p', '+pmfl', '-pmfl', 'largest spread in a boot']
        return self.present(config, 'instructions', grid(head, rows))

    def ratios(self):
        """The least and the largest ratio of each kind of query."""
        kinds = {'func': 'function', 'line': 'line', 'fileline': 'file and line', 'format': 'format', 'file': 'file',
                 'module': 'module', 'class': 'class'}
        ways = {'same': 'changes nothing', 'on': '+p', 'prefix-on': '+pmfl'}
        configs = [config for config in ('lean', 'debian') if self.keys(config, 'ins.query.*.same')]
        rows = []
        for kind, text in kinds.items():
            row = [text]
            for config in configs:
                for way in ways:
                    found = [self.ratio(config, key) for key in self.keys(config, f'ins.query.{kind}.*.{way}')]
                    found = [ratio for ratio in found if ratio is not None]
                    row.append(f'{min(found):.2f} to {max(found):.2f}' if found else '')
            rows.append(row)
        head = ['ratio of instructions, query by'] + [f'`{config}`, {way}' for config in configs for way in ways.values()]
        return grid(head, rows) if configs else [self.how_to('lean')]

    def growth_of(self, config, column, metric):
        points = {}
        for key in self.keys(config, f'growth.*.{metric}', (column,)):
            if key.split('.')[1].isdigit() and key.split('.', 2)[2] == metric:
                points[int(key.split('.')[1])] = self.get(config, column, key)
        return points

    def growth(self, config):
        metrics = {}
        for key in self.counts(config, 'growth.*'):
            if key.split('.')[1].isdigit():
                metrics[key.split('.', 2)[2]] = None
        sizes = sorted({n for m in metrics for c in ('none', 'all') for n in self.growth_of(config, c, m)})
        rows = []
        for metric in metrics:
            for column in ('none', 'all'):
                points = self.growth_of(config, column, metric)
                if not points:
                    continue
                *_, low, high = [None, None] + sorted(points)
                slope = exponent = None
                if low is not None:
                    slope = (points[high] - points[low]) / (high - low)
                    if points[high] > 0 and points[low] > 0:
                        exponent = float(math.log(points[high] / points[low], high / low))
                rows.append([f'{metric}, {COLUMNS[column].split(",")[0]}'] + [show(points.get(n)) for n in sizes] +
                            [show(slope), show(exponent)])
        head = ['callsites'] + [show(n) for n in sizes] + ['slope, per callsite', 'exponent']
        return self.present(config, 'growth', grid(head, rows))

    def goals(self):
        def get(name):
            return evaluate(self.results, name)

        def worst(config, *patterns):
            ratios = [self.ratio(config, key) for p in patterns for key in self.counts(config, p)]
            ratios = [r for r in ratios if r is not None]
            if not ratios:
                raise KeyError(patterns)
            return max(ratios)

        def query(config):
            return max(get(f'{config}.all.{key}') for key in self.keys(config, 'ins.query.*.same', ('all',)))

        def packing(config):
            # what initcalls of dynamic debug take more than in the unpatched kernel
            keys = [key for key in self.counts(config, 'ins.boot.*') if key != 'ins.boot.init']
            if not keys:
                raise KeyError('ins.boot')
            return 1000 * sum((self.get(config, column, key) or 0) * sign
                              for key in keys for column, sign in (('all', 1), ('none', -1)))

        def exponent():
            points = self.growth_of('lean', 'all', 'load'), self.growth_of('lean', 'all', 'memory')
            *_, low, high = sorted(points[0])
            return max(math.log(p[high] / p[low], high / low) for p in points)

        def breakeven(config, column, smaller):
            """What does not depend on the number of callsites, by what each of them saves."""
            def of(name, key):
                return get(f'{name}.{column}.mem.{key}')
            sites = of(config, 'sites')
            grows = sum(of(config, key) for key in ('hot', 'tables', 'packed'))
            if self.get(smaller, column, 'mem.added') is not None:
                # what callsites differ in is what both kernels differ in
                grows += sites * (of(config, 'added') - of(smaller, 'added')) / (sites - of(smaller, 'sites'))
            saved = (get(f'{config}.none.mem.all') - grows) / sites
            return round((of(config, 'total') - grows) / saved)

        def off(column):
            return f'lean.{column}.off.all / lean.{column}.mem.sites'

        rows = []
        kinds = ('file', 'func', 'format', 'module', 'class')
        for text, before, limit, measured in (
                ('code, rodata and data added, lean, bytes', '0', 6000, lambda: get('lean.all.mem.added')),
                ('the same, i386', '0', 6500, lambda: get('i386.all.mem.added')),
                ('all of the memory table, Debian, pool, bytes', 'debian.none.mem.total', 59000,
                 lambda: get('debian.all.mem.total')),
                ('per callsite, Debian, pool', 'debian.none.mem.total / debian.none.mem.sites', 27.5,
                 lambda: get('debian.all.mem.total / debian.all.mem.sites')),
                ('per callsite, Debian, slab', 'debian.none.mem.total / debian.none.mem.sites', 26,
                 lambda: get('debian.slab.mem.total / debian.slab.mem.sites')),
                ('per callsite, lean, pool', 'lean.none.mem.total / lean.none.mem.sites', None,
                 lambda: get('lean.all.mem.total / lean.all.mem.sites')),
                ('per callsite, lean, slab', 'lean.none.mem.total / lean.none.mem.sites', None,
                 lambda: get('lean.slab.mem.total / lean.slab.mem.sites')),
                ('memory, patched to unpatched, the largest ratio of any configuration with 300 callsites or more', None, 1,
                 lambda: max(get(f'{config}.{column}.mem.total') / get(f'{config}.none.mem.total')
                             for config in self.results for column in ('all', 'slab')
                             if (self.get(config, column, 'mem.sites') or 0) >= 300)),
                ('break-even, built-in callsites, lean, slab', None, 160, lambda: breakeven('lean', 'slab', 'small')),
                ('break-even, lean, pool', None, 300, lambda: breakeven('lean', 'all', 'small')),
                ('break-even, arm, slab', None, None, lambda: breakeven('arm', 'slab', 'arm-small')),
                ('break-even, arm, pool', None, None, lambda: breakeven('arm', 'all', 'arm-small')),
                ('what CONFIG_DYNAMIC_DEBUG costs (on minus off), lean, per callsite', off('none'), None, lambda: get(off('all'))),
                ('the same, ratio', None, 0.78, lambda: get(off('all')) / get(off('none'))),
                ('packed, per callsite, Debian', None, 5.3, lambda: get('debian.all.mem.packed / debian.all.mem.sites')),
                ('packed, per callsite, lean', None, 5.3, lambda: get('lean.all.mem.packed / lean.all.mem.sites')),
                ('an empty zsmalloc pool, bytes', 'lean.none.mem.pool_empty', 2500, lambda: get('lean.all.mem.pool_empty')),
                ('lines added to lib/ and include/, without tests', None, 1300, lambda: get('lean.all.lines.added')),
                ('of which are code, without comments and blank lines', None, None, lambda: get('lean.all.lines.code')),
                ('disabled `pr_debug()`, instructions, ratio', None, 1, lambda: worst('lean', 'ins.disabled.*')),
                ('enabled, `+p`, ratio', None, 1, lambda: worst('lean', 'ins.enabled.*.p.median', 'ins.enabled.kernel.p')),
                ('enabled, `+pmfl`, ratio', None, 1.1,
                 lambda: worst('lean', 'ins.enabled.*.pmfl.median', 'ins.enabled.kernel.pmfl')),
                ('`cat control`, ratio', None, 1, lambda: worst('lean', 'ins.control.*')),
                ('the costliest query that changes nothing, Debian, instructions', None, 350000, lambda: query('debian')),
                ('the worst query by file, function, format, module or class, Debian, ratio', None, 1.5,
                 lambda: worst('debian', *(f'ins.query.{kind}.*' for kind in kinds))),
                ('the costliest query that changes nothing, lean, instructions', None, None, lambda: query('lean')),
                ('the worst query by file, function, format, module or class, lean, ratio', None, 1.5,
                 lambda: worst('lean', *(f'ins.query.{kind}.*' for kind in kinds))),
                ('packing at boot, Debian, instructions', None, 400000, lambda: packing('debian')),
                ('packing at boot, lean, instructions per callsite', None, 186,
                 lambda: packing('lean') / get('lean.all.mem.sites')),
                ('growth to 100,000 callsites: exponent of load and memory', None, 1.05, exponent)):
            goal = '' if limit is None else '≤ ' + show(limit)
            try:
                was = show(get(before)) if before else ''
                now = measured()
                # a clock that ticks now and then is not exact
                verdict = '' if limit is None else 'met' if now <= limit + 0.0005 else '**missed**'
                rows.append([text, was, goal, times(now) if 'ratio' in text else show(now), verdict])
            except (KeyError, ValueError):
                rows.append([text, '', goal, 'not measured', ''])
        return grid(['what', 'unpatched', 'goal', 'measured', ''], rows)

    def fill(self, text):
        """The document with its tables as of these results."""
        def table(match):
            name, *arguments = match[2].split()
            return match[1] + '\n' + '\n'.join(getattr(self, name)(*arguments)) + '\n\n' + match[3]
        return TABLE.sub(table, text)


def plot(path, commands, data):
    """Have gnuplot draw; opaque white, so that a dark page does not hide it."""
    head = ("set terminal svg size 760,{} font 'sans-serif,13' background '#ffffff'\n"
            "set output '{}'\nset border 3\nset tics nomirror out\nset style fill solid 1 noborder\n"
            "set grid ytics lc rgb '#dddddd'\n")
    size, commands = commands
    blocks = ''.join(f'${name} << END\n' + '\n'.join(lines) + '\nEND\n' for name, lines in data.items())
    subprocess.run(['gnuplot'], input=blocks + head.format(size, path) + commands, text=True, check=True)


COLOURS = ['#33608c', '#e0a030', '#5fa55a', '#b5495b', '#8a7fb5', '#8c8c8c']


def plot_memory(tables, config, path):
    parts = [('code', ['off.text']), ('formats, names, other rodata', ['off.formats', 'off.names', 'off.rest']),
             ('jump table', ['off.jump']), ('symbols (kallsyms)', ['off.kallsyms']),
             ('descriptors, tables of built-in modules', ['off.hot', 'off.data', 'off.tables']),
             ('packed sites, slab and pool around them', ['off.packed', 'off.around'])]
    lines = []
    for column, text in COLUMNS.items():
        sites = tables.get(config, column, 'mem.sites')
        if not sites or not tables.get(config, column, 'off.all'):
            return
        cells = [sum(tables.get(config, column, key) or 0 for key in keys) / sites for _, keys in parts]
        lines.append(f'"{text}: {sum(cells):.1f}" ' + ' '.join(f'{c:.3f}' for c in cells))
    draw = ', '.join(f"$bars using {n + 2}:xtic(1) title '{text}' lc rgb '{COLOURS[n]}'"
                     for n, (text, _) in enumerate(parts))
    plot(path, (380, "set title 'What CONFIG_DYNAMIC_DEBUG costs: bytes per callsite, configuration " + config + "'\n"
                "set style data histograms\nset style histogram rowstacked\nset boxwidth 0.55\n"
                "set yrange [0:*]\nset key below reverse Left\nplot " + draw + '\n'), {'bars': lines})


def plot_alternatives(tables, config, path):
    sites = tables.get(config, 'all', 'alt.sites')
    # whole ways to keep a site, not parts of them, and an empty pool is none
    rows = [(tables.get(config, 'all', key) / sites, key.split('.')[1])
            for key in tables.keys(config, 'alt.*.bytes', ('all',)) if key.count('.') == 2 and key != 'alt.pool.bytes']
    if not rows:
        return
    lines = [f'{n} {value:.3f} "{name}"' for n, (value, name) in enumerate(sorted(rows, reverse=True))]
    plot(path, (80 + 24 * len(lines), "set title 'Bytes per callsite of alternatives, configuration " +
                config + "'\nset border 1\nunset key\nset xrange [0:*]\nset yrange [-0.7:" + str(len(lines) - 0.3) + "] reverse\n"
                "set grid noytics xtics\nset offsets graph 0, 0.12, 0, 0\n"
                f"plot $bars using ($2/2):1:($2/2):(0.36):ytic(3) with boxxyerror lc rgb '{COLOURS[0]}', "
                "$bars using 2:1:(sprintf(' %.1f', $2)) with labels left\n"), {'bars': lines})


def plot_growth(tables, config, path):
    panels = [('memory', 'bytes of memory'), ('load', 'instructions to load it'),
              ('query.func.same', 'a query that matches one'), ('query.module.same', 'a query that matches all')]
    panels = [p for p in panels if len(tables.growth_of(config, 'all', p[0])) > 1]
    if not panels:
        return
    data, draw = {}, ''
    for n, (metric, text) in enumerate(panels):
        lines = []
        for column in ('none', 'all'):
            points = tables.growth_of(config, column, metric)
            name = f'd{n}{column}'
            data[name] = [f'{size} {points[size]}' for size in sorted(points)]
            lines.append(f"${name} with linespoints pt 7 ps 0.5 lw 2 lc rgb '{COLOURS[3 if column == 'none' else 0]}' "
                         f"title '{COLUMNS[column].split(',')[0]}'")
        draw += f"set title '{text}'\nplot {', '.join(lines)}\n"
    plot(path, (300 * ((len(panels) + 1) // 2), "set logscale xy\nset format '10^{%L}'\nset key top left\n"
                "set xlabel 'callsites in the module'\n"
                f'set multiplot layout {(len(panels) + 1) // 2},2\n{draw}unset multiplot\n'), data)


def main():
    if sys.argv[1] == 'collect':
        json.dump(collect(sys.argv[2:]), sys.stdout, indent=1, sort_keys=True)
        print()
        return
    path, document, directory = sys.argv[2:]
    tables = Tables(json.load(open(path, encoding='utf-8')))
    text = open(document, encoding='utf-8').read()
    with open(document, 'w', encoding='utf-8') as out:
        out.write(tables.fill(text))
    config = 'debian' if tables.get('debian', 'all', 'off.all') else 'lean'
    plot_memory(tables, config, os.path.join(directory, 'memory.svg'))
    plot_alternatives(tables, config, os.path.join(directory, 'alternatives.svg'))
    plot_growth(tables, 'lean', os.path.join(directory, 'growth.svg'))


if __name__ == '__main__':
    main()
