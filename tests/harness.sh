#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the harness does with bad input, and what a guest run promises. Works
# in a copy of the scripts with a build/ of its own, on toy source trees; only
# the guest checks boot the real kernel (lean, the whole series).
. "$(dirname "$0")/../scripts/lib.sh"

real_xdg=${XDG_CACHE_HOME:-} real_cache=$cache
passed=0 failed=0
scratch
copy=$tmp/copy bin=$tmp/bin
export XDG_CACHE_HOME=$tmp/cache
mkdir -p "$copy" "$bin" "$tmp/cache/dyndbg-diet" "$tmp/files"
cp -a "$top"/{Makefile,configs,scripts,guest} "$copy/"
cd "$copy"

# verdict TEXT CONDITION...: count one check
verdict()
{
	local text=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok - $text"
	else
		failed=$((failed + 1))
		echo "not ok - $text"
		sed 's/^/    /' "$tmp/err"
	fi
}

# shim NAME: a program that goes before the real one, its body from stdin
shim() { { echo '#!/bin/bash'; cat; } >"$bin/$1"; chmod +x "$bin/$1"; }

# refused TEXT PATTERN COMMAND...: the command must fail with one line of
# error that matches the pattern, and leave nothing half done
refused()
{
	local text=$1 pattern=$2 rc=0
	shift 2
	PATH=$bin:$PATH "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
	verdict "$text" refused_well $rc "$pattern"
}

refused_well()
{
	[ "$1" != 0 ] && grep -Eq -e "$2" "$tmp/err" && [ ! -s "$tmp/out" ] &&
		[ "$(grep -vcE '^(==> |waiting for|make: \*\*\*)' "$tmp/err")" = 1 ] &&
		[ -z "$(find build/tmp -mindepth 1 2>/dev/null)" ] && [ ! -e build/src/$base-pristine ] &&
		[ -z "$(find build/src -name .series 2>/dev/null)" ]
}

# toy NAME VERSION: a source tree that is just enough for the scripts
toy()
{
	mkdir -p "$tmp/$1/lib"
	touch "$tmp/$1/Kbuild" "$tmp/$1/lib/Kconfig.debug"
	printf 'VERSION = %s\nPATCHLEVEL = %s\n' "${2%.*}" "${2#*.}" >"$tmp/$1/Makefile"
	printf 'one\ntwo\nthree\nfour\n' >"$tmp/$1/lib/a.c"
}

# Wrong words
refused 'unknown CONFIG' "unknown CONFIG 'fat': choose one of .*lean" make kernel CONFIG=fat
refused 'CONFIG with a path' 'unknown CONFIG' make kernel CONFIG=../configs/lean
refused 'unknown SERIES' "unknown SERIES 'some'" make kernel SERIES=some
refused 'SERIES beyond the last patch' "unknown SERIES '99'" make kernel SERIES=99
refused 'unknown variable' 'unknown variable FOO' make guest FOO=1
refused 'unknown target' "unknown target 'gest'" make gest
refused 'no SCRIPT' 'no SCRIPT' make guest
refused 'a SCRIPT that does not exist' "no such SCRIPT 'nowhere'" make guest SCRIPT=nowhere
refused 'FILES that do not exist' "no such FILES 'nowhere'" make guest SCRIPT=Makefile FILES=nowhere
refused 'TIMEOUT that is no number' "TIMEOUT='soon'" make guest SCRIPT=Makefile TIMEOUT=soon
refused 'export without a tree' 'say make tree first' make export

# Base trees
toy old 5.10
refused 'a base tree of the wrong version' 'is Linux 5.10: the series needs' make kernel LINUX="$tmp/old"
refused 'LINUX that is no kernel tree' 'no kernel source tree' make kernel LINUX="$tmp/files"
refused 'LINUX that does not exist' 'no directory' make kernel LINUX="$tmp/nowhere"

# Patches
mkdir -p patches/$base
cat >patches/$base/0001-good.patch <<'END'
--- a/lib/a.c
+++ b/lib/a.c
@@ -1,4 +1,5 @@
 one
+and a half
 two
 three
 four
END
cat >patches/$base/0002-bad.patch <<'END'
--- a/lib/a.c
+++ b/lib/a.c
@@ -2,3 +2,4 @@ hunk
 2
 3
 4
+5
END
toy good $base
refused 'a patch that does not apply' "0002-bad.patch does not apply to lib/a.c, hunk '@@ -2,3" make kernel LINUX="$tmp/good"
verdict 'the tree below stays as it was' test "$(sha256sum <"$tmp/good/lib/a.c")" = "$(printf 'one\ntwo\nthree\nfour\n' | sha256sum)"
tree=$(SERIES=1 scripts/source 1 "$tmp/good" 2>"$tmp/err") || tree=
verdict 'the patches before it apply' grep -qx 'and a half' "$tree/lib/a.c"
verdict 'and leave the base alone' test "$(wc -l <"$tmp/good/lib/a.c")" = 4
before=$(stat -c %Y.%i "$tree/lib/a.c")
sed -i 's/^@@ -1,4 +1,5 @@/&  a comment/' patches/$base/0001-good.patch
scripts/source 1 "$tmp/good" >/dev/null 2>"$tmp/err"
verdict 'a patch that changes nothing rebuilds nothing' test "$(stat -c %Y.%i "$tree/lib/a.c")" = "$before"
sed -i 's/a half/a third/' patches/$base/0001-good.patch
scripts/source 1 "$tmp/good" >/dev/null 2>"$tmp/err"
verdict 'a changed patch is applied anew' grep -qx 'and a third' "$tree/lib/a.c"
rm -r patches build/src

# Builds
toy broken $base
cat >>"$tmp/broken/Makefile" <<'END'
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
bzImage modules:
	@echo "lib/a.c:7:1: error: expected ';'"; echo 'lib/b.c:1: error: second'; exit 1
END
refused 'a kernel that does not build' "does not build: lib/a.c:7:1: error: expected" make kernel LINUX="$tmp/broken" SERIES=none
toy deaf $base
cat >>"$tmp/deaf/Makefile" <<'END'
allnoconfig:
	echo CONFIG_SMP=y >$(O)/.config
END
refused 'a setting that is not honoured' 'does not honour CONFIG_' make kernel LINUX="$tmp/deaf" SERIES=none

# The machine
shim df <<<'echo; echo "d 9 9 7 9% /"'
refused 'too little disk' 'too little disk: [0-9]+ MiB are needed' make kernel
rm "$bin/df"
shim apt-get <<'END'
[ "$1" = indextargets ] && echo 'main trixie http://[::1]:9/debian/' && exit
echo 'E: Failed to fetch: connection refused' >&2
exit 100
END
refused 'no network' 'cannot fetch the package linux-source' make kernel
# A real apt against an archive that nobody signed
mkdir -p "$tmp/archive/dists/trixie/main/binary-amd64"
touch "$tmp/archive/dists/trixie/main/binary-amd64/Packages"
(cd "$tmp/archive/dists/trixie" && printf 'Suite: trixie\nCodename: trixie\nComponents: main\nArchitectures: amd64\nSHA256:\n %s 0 main/binary-amd64/Packages\n' \
	"$(sha256sum </dev/null | cut -d' ' -f1)" >Release)
shim apt-get <<END
[ "\$1" = indextargets ] && echo 'main trixie file:$tmp/archive/' && exit
exec $(command -v apt-get) "\$@"
END
refused 'a package that cannot be verified' 'cannot be verified' make kernel
rm "$bin/apt-get"
# Neither root nor sudo: everything in the path but that
mkdir "$tmp/nosudo"
find /usr/local/bin /usr/sbin /usr/bin /sbin /bin -maxdepth 1 ! -name sudo -exec ln -sf -t "$tmp/nosudo" {} + 2>/dev/null || :
shim id <<<'echo 1000'
shim dpkg-query <<<'exit 1'
PATH=$tmp/nosudo refused 'not root and no sudo' "not root and no sudo: as root, run 'apt-get install" make kernel
rm "$bin"/*

# An interrupt while the source is unpacked
deb=$(find "$real_cache" -maxdepth 1 -name "linux-source-$base*.deb" 2>/dev/null | head -n1)
if [ -n "$deb" ]; then
	ln -s "$deb" "$XDG_CACHE_HOME/dyndbg-diet/"
	setsid scripts/source pristine >/dev/null 2>"$tmp/err" &
	sleep 4
	kill -TERM -- -$! || :
	wait $! || :
	verdict 'an interrupt leaves no half tree' test -z "$(find build/src build/tmp -mindepth 1 2>/dev/null | head -n1)"
fi

# The guest: the real scripts on the real kernel
cd "$top"
unset XDG_CACHE_HOME
[ -z "$real_xdg" ] || export XDG_CACHE_HOME=$real_xdg
# guest SECONDS APPEND: run the script on stdin
guest()
{
	cat >"$tmp/script"
	rc=0
	TIMEOUT=$1 APPEND=${2:-} FILES=$tmp/files LOG=$tmp/boot.log scripts/guest "$tmp/script" >"$tmp/out" 2>"$tmp/err" || rc=$?
}
for ((i = 0; i < 256; i++)); do
	printf %b "$(printf '\\x%x' $i)"
done >"$tmp/files/bytes"
guest 300 'marker=here' <<<'cat bytes; grep -o marker=here /proc/cmdline >&2; printf end; exit 42'
verdict "the script's status" test $rc = 42
verdict "the script's output to the byte" cmp "$tmp/out" <(cat "$tmp/files/bytes"; printf 'marker=here\nend')
verdict 'the command line of the boot is printed' grep -q '^qemu-system-x86_64 .*-append ' "$tmp/err"
guest 25 <<<'echo before; sleep 1000'
verdict 'a guest that hangs' test "$rc $(cat "$tmp/out")" = '124 before'
guest 300 <<<'echo "<4>WARNING: CPU: 0 PID: 1 at lib/a.c:1" >/dev/kmsg; echo after'
verdict 'a log that holds a warning' test "$rc $(cat "$tmp/out")" = '99 after'
verdict 'shows it' grep -q 'WARNING: CPU: 0 PID: 1 at lib/a.c:1' "$tmp/err"
# shellcheck disable=SC2016 # the guest's shell expands it
guest 300 <<<'echo "<4>WARNING: CPU: 0 PID: 1 at lib/a.c:1" >/dev/kmsg; i=0; while [ $i != 3000 ]; do echo "<6>$i: a line after another" >/dev/kmsg; i=$((i + 1)); done'
verdict 'a warning at the start of a long log' test $rc = 99
guest 300 <<<'dmesg -n 1; echo N >/sys/module/printk/parameters/ignore_loglevel; echo "<4>BUG: sleeping" >/dev/kmsg'
verdict 'a report that was kept off the console' test $rc = 99
guest 300 <<<'echo "<7>a debug message: WARNING: no bug: Call Trace:" >/dev/kmsg'
verdict 'words inside a message are no report' test $rc = 0
guest 300 <<<'poweroff -f'
verdict 'a missing end marker' test $rc = 99
guest 300 <<<'echo c >/proc/sysrq-trigger'
verdict 'a panic' test $rc = 99

echo "harness: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
