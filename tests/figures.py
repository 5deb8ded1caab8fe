#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold the figures in texts against docs/results*.json. Prints KTAP.

The list, tests/figures, names each text at the start of a line, and below, behind a
tab, a phrase that stands there: {expression:format} is a figure of docs/results.json,
or a sum of several, as tests/bench/report.py says; in a text that has another base in its
name, of docs/results-BASE.json. Names may have a *, since patches are renumbered. White space and line ends do not count, nor does the + of a patch. What
else has figures must be in the list too, if only by its name: then it has none that
are measured. figures.py JSON LIST takes others than these two.
"""
import glob
import json
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, 'tests/bench'))
sys.dont_write_bytecode = True
import report  # noqa: E402

TEXTS = ['README.md', 'docs/*.md', 'patches/*/0*.patch']


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def words(path):
    """The text as words with one blank between."""
    text = read(path)
    if path.endswith('.patch'):
        text = re.sub(r'^\+', '', text, flags=re.M)
    return ' '.join(text.split())


def check_text(results, path, phrases):
    """What is wrong with the figures in a text."""
    text = words(path)
    wrong = []
    for phrase in phrases:
        try:
            want = ' '.join(report.fill_in(results, phrase).split())
        except KeyError as error:
            wrong.append(f'{path}: no figure {error} for "{phrase}": make bench')
            continue
        # not a part of a larger number
        if not re.search(r'(?<![\d.,])' + re.escape(want) + r'(?![\d]|[.,]\d)', text):
            wrong.append(f'{path}: does not say "{want}"')
    return wrong


def read_list(path):
    entries = {}
    for number, line in enumerate(read(path).splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        if not line.startswith('\t'):
            entries[line.strip()] = phrases = []
        elif entries:
            phrases.append(line.strip())
        else:
            sys.exit(f'{path}, line {number}: a phrase of what text?')
    return entries


def main():
    arguments = [os.path.abspath(path) for path in sys.argv[1:]]
    os.chdir(TOP)
    counts = {True: 0, False: 0}

    def verdict(what, wrong):
        counts[not wrong] += 1
        print(f'{"not ok" if wrong else "ok"} {sum(counts.values())} - {what}')
        for line in wrong:
            print(f'# {line}')

    results = {}
    for path in arguments[:1] or sorted(glob.glob('docs/results*.json')):
        base = re.search(r'-([\d.]+)\.json$', path)
        base = base[1] if base else ''
        try:
            results[base] = json.loads(read(path))
            verdict(f'{path} can be read', [])
        except (OSError, ValueError) as error:
            results[base] = {}
            verdict(f'{path} can be read', [f'{error}: make bench writes it'])

    def results_of(path):
        """Of the base that the name of the text has in it."""
        return next((r for base, r in results.items() if base and base in path), results.get('', {}))

    figures = arguments[1] if arguments[1:] else 'tests/figures'
    listed = set()
    for name, phrases in read_list(figures).items():
        paths = glob.glob(name)
        listed.update(paths)
        if len(paths) != 1:
            verdict(name, [f'{len(paths)} files have that name'])
        else:
            verdict(f'{name}: {len(phrases)} figures', check_text(results_of(name), paths[0], phrases))
    texts = {path for pattern in TEXTS for path in glob.glob(pattern)}
    verdict('all texts are listed', [f'{path} is not in {figures}' for path in sorted(texts - listed)])

    for path in sorted(glob.glob('docs/results*.md')):
        text = read(path)
        wrong = [] if report.Tables(results_of(path)).fill(text) == text else ['make bench writes them']
        if len(report.TABLE.findall(text)) != text.count('<!-- end -->') or '<!-- table: ' not in text:
            wrong.append('a table is not between <!-- table: NAME --> and <!-- end -->')
        verdict(f'{path} has the tables of these results', wrong)
    print(f'1..{sum(counts.values())}')
    print(f'{counts[True]} passed, {counts[False]} failed')
    sys.exit(counts[False] > 0)


main()
