#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Talk to a guest that runs guest.sh, and to its QEMU.

monitor.py SOCKETS wait SECONDS: until the guest says that it is ready
monitor.py SOCKETS dump FILE: let QEMU write the guest's memory to FILE
monitor.py SOCKETS go: let the guest end
"""
import json
import socket
import sys
import time


def connect(name, deadline):
    while True:
        try:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(f'{sockets}/{name}')
            sock.settimeout(max(deadline - time.time(), 1))
            return sock
        except OSError:
            sock.close()
            if time.time() > deadline:
                sys.exit(f'error: QEMU has no socket {name}')
            time.sleep(.2)


def wait(seconds):
    deadline = time.time() + int(seconds)
    seen = b''
    with connect('tty', deadline) as sock:
        while b'ready' not in seen:
            try:
                more = sock.recv(4096)
            except TimeoutError:
                sys.exit(f'error: the guest was not ready after {seconds} s')
            if not more:
                sys.exit('error: the guest is gone')
            seen += more


def dump(path):
    # Paging gives virtual addresses, as a dump of a crash has them: without, drgn 0.0.22
    # does not find the kernel's page tables.
    with connect('qmp', time.time() + 30) as sock, sock.makefile('rw', encoding='utf-8') as file:
        sock.settimeout(300)
        file.readline()     # the greeting
        for command, arguments in (('qmp_capabilities', {}),
                                   ('dump-guest-memory', {'paging': True, 'protocol': f'file:{path}'})):
            file.write(json.dumps({'execute': command, 'arguments': arguments}) + '\n')
            file.flush()
            answer = {'event': None}
            while 'event' in answer:
                answer = json.loads(file.readline())
            if 'return' not in answer:
                sys.exit(f'error: {command}: {answer}')


def go():
    with connect('tty', time.time() + 10) as sock:
        sock.sendall(b'go\n')
        time.sleep(2)       # closed at once, it would be lost


sockets, what = sys.argv[1:3]
{'wait': wait, 'dump': dump, 'go': go}[what](*sys.argv[3:])
