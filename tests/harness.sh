#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the harness does with bad input and with archives that move on, and what a
# guest run promises. Works in a copy of the scripts with its own build/, on toy
# source trees and a toy archive; only the guest checks boot real kernels (lean,
# with and without the series).
. "$(dirname "$0")/../scripts/lib.sh"

real_xdg=${XDG_CACHE_HOME:-} real_cache=$cache
passed=0 failed=0 skipped=0
scratch
copy=$tmp/copy bin=$tmp/bin
export XDG_CACHE_HOME=$tmp/cache
mkdir -p "$copy/patches/$base" "$bin" "$tmp/cache/dyndbg-diet" "$tmp/files"
cp -a "$top"/{Makefile,configs,scripts,guest} "$copy/"
cp "$patches/base" "$copy/patches/$base/"
unset BASE PATCHES
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
		sed 's/^/    /' "$tmp/out" "$tmp/err"
	fi
}

# shim NAME: a program that replaces the real one; its body comes from stdin
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
		[ -z "$(find build/tmp -mindepth 1 2>/dev/null)" ] && [ ! -e build/src/"$base"-pristine ] &&
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

# Wrong arguments
refused 'unknown CONFIG' "unknown CONFIG 'fat': choose one of .*lean" make kernel CONFIG=fat
refused 'CONFIG with a path' 'unknown CONFIG' make kernel CONFIG=../configs/lean
refused 'unknown SERIES' "unknown SERIES 'some'" make kernel SERIES=some
refused 'SERIES beyond the last patch' "unknown SERIES '99'" make kernel SERIES=99
refused 'unknown variable' 'unknown variable FOO' make guest FOO=1
refused 'unknown target' "unknown target 'gest'" make gest
refused 'no SCRIPT' 'no SCRIPT' make guest
refused 'a SCRIPT that does not exist' "no such SCRIPT 'nowhere'" make guest SCRIPT=nowhere
refused 'FILES that do not exist' "no such FILES 'nowhere'" make guest SCRIPT=Makefile FILES=nowhere
refused 'a CHECK that does not exist' "no such CHECK 'nowhere'" make bisect-test CHECK=nowhere
refused 'TIMEOUT that is no number' "TIMEOUT='soon'" make guest SCRIPT=Makefile TIMEOUT=soon
refused 'export without a tree' 'say make tree first' make export
refused 'sections of no kernel' "no vmlinux.o in 'nowhere'" scripts/sections nowhere

# What a kernel keeps in memory, by kind, without init memory and KUnit tests
mkdir -p "$tmp/object/lib"
gcc -c -x assembler - -o "$tmp/object/vmlinux.o" <<'END'
.section .text; .skip 7
.section .sched.text,"ax"; .skip 4
.section .init.text,"ax"; .skip 100
.section .init.data,"aw"; .skip 100
.section .rodata; .skip 3
kallsyms_num_syms: .skip 5
kallsyms_seqs_of_names:
.section .rodata.str1.1,"aMS",@progbits,1; .skip 2
.section .data..once,"aw"; .skip 6
.bss; .skip 9
.section __dyndbg,"aw"; .skip 16
.section __dyndbg_sites,"aw"; .skip 48
.section __jump_table,"aw"; .skip 12
END
cp "$tmp/object/vmlinux.o" "$tmp/object/vmlinux"
gcc -c -x assembler - -o "$tmp/object/lib/dynamic_debug_x_kunit.o" <<'END'
.section .text; .skip 1
END
scripts/sections "$tmp/object" >"$tmp/out" 2>"$tmp/err" || :
verdict 'sections of a kernel' [ "$(paste -sd' ' "$tmp/out")" = 'text 10 rodata 10 data 15 hot 16 jump 12 kallsyms 5' ]

# Base trees
toy old 5.10
refused 'a base tree of the wrong version' 'is Linux 5.10: the series needs' make kernel LINUX="$tmp/old"
refused 'LINUX that is no kernel tree' 'no kernel source tree' make kernel LINUX="$tmp/files"
refused 'LINUX that does not exist' 'no directory' make kernel LINUX="$tmp/nowhere"

# Patches; nothing here comes from the network
shim apt-get <<'END'
[ "$1" = indextargets ] && echo 'main trixie http://[::1]:9/debian/' && exit
echo 'E: Failed to fetch: connection refused' >&2
exit 100
END
cat >patches/"$base"/0001-good.patch <<'END'
--- a/lib/a.c
+++ b/lib/a.c
@@ -1,4 +1,5 @@
 one
+and a half
 two
 three
 four
END
cat >patches/"$base"/0002-bad.patch <<'END'
--- a/lib/a.c
+++ b/lib/a.c
@@ -2,3 +2,4 @@ hunk
 2
 3
 4
+5
END
toy good "$base"
refused 'a patch that does not apply' "0002-bad.patch does not apply to Linux $base, lib/a.c, hunk '@@ -2,3" make kernel LINUX="$tmp/good"
verdict 'the tree below stays as it was' test "$(sha256sum <"$tmp/good/lib/a.c")" = "$(printf 'one\ntwo\nthree\nfour\n' | sha256sum)"
tree=$(SERIES=1 scripts/source 1 "$tmp/good" 2>"$tmp/err") || tree=
verdict 'the patches before it apply' grep -qx 'and a half' "$tree/lib/a.c"
verdict 'and leave the base alone' test "$(wc -l <"$tmp/good/lib/a.c")" = 4
before=$(stat -c %Y.%i "$tree/lib/a.c")
sed -i 's/^@@ -1,4 +1,5 @@/&  a comment/' patches/"$base"/0001-good.patch
scripts/source 1 "$tmp/good" >/dev/null 2>"$tmp/err"
verdict 'a patch that changes nothing rebuilds nothing' test "$(stat -c %Y.%i "$tree/lib/a.c")" = "$before"
sed -i 's/a half/a third/' patches/"$base"/0001-good.patch
scripts/source 1 "$tmp/good" >/dev/null 2>"$tmp/err"
verdict 'a changed patch is applied anew' grep -qx 'and a third' "$tree/lib/a.c"
# a directory that the base does not have
cat >>patches/"$base"/0001-good.patch <<'END'
--- /dev/null
+++ b/lib/new/b.c
@@ -0,0 +1 @@
+one
END
for round in first second; do
	verdict "a patch with a new directory: the $round time, the path is all that is printed" \
		test "$(scripts/source 1 "$tmp/good" 2>"$tmp/err")" = "$tree"
done
rm -r patches/"$base"/0*.patch build/src

# Builds
toy broken "$base"
cat >>"$tmp/broken/Makefile" <<'END'
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
bzImage modules:
	@echo "lib/a.c:7:1: error: expected ';'"; echo 'lib/b.c:1: error: second'; exit 1
END
refused 'a kernel that does not build' "does not build: lib/a.c:7:1: error: expected" make kernel LINUX="$tmp/broken" SERIES=none
toy deaf "$base"
cat >>"$tmp/deaf/Makefile" <<'END'
allnoconfig:
	echo CONFIG_SMP=y >$(O)/.config
END
refused 'a setting that is not honoured' 'does not honour CONFIG_' make kernel LINUX="$tmp/deaf" SERIES=none

# A kernel in an image, as on x86: vmlinux, the file that is compressed, assembler source
# that includes the result, a boot sector that says where it is. All have the same size.
toy image "$base"
cat >>"$tmp/image/Makefile" <<'END'
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
bzImage:
	CC="$(CC)" bash -e $(CURDIR)/image $(O) $(CURDIR)
modules:
END
cat >"$tmp/image/image" <<'END'
mkdir -p $1/arch/x86/boot/compressed
cd $1/arch/x86/boot/compressed
elf() { echo "int $1;" | gcc -shared -nostdlib -Wl,--build-id=sha1 -x c - -o $2; }
elf $(cat $2/kernel) $1/vmlinux
elf $(cat $2/compressed) vmlinux.bin
cp vmlinux.bin vmlinux.bin.gz
echo '.data; .incbin "vmlinux.bin.gz"' >piggy.S
echo 'asm(".data; .incbin \"vmlinux.bin.gz\"");' >piggy.c
for type in S c; do
	$CC -Wp,-MMD,piggy.d -c piggy.$type -o piggy.o
	objcopy -O binary -j .data piggy.o payload.$type
done
cmp payload.S payload.c
n=$(stat -c %s payload.S)
{
	head -c 497 /dev/zero; printf '\1'; head -c 90 /dev/zero
	printf "\\x$(printf %x $((n % 256)))\\x$(printf %x $((n / 256)))\0\0"
	head -c 432 /dev/zero; tr $(cat $2/held) <payload.S
} >../bzImage
END
# image KERNEL COMPRESSED HELD: what vmlinux, vmlinux.bin and the image contain
image() { echo "$1" >"$tmp/image/kernel"; echo "$2" >"$tmp/image/compressed"; echo "$3" >"$tmp/image/held"; }
built_image() { scripts/kernel lean none "$tmp/image" >"$tmp/out" 2>"$tmp/err"; }
image a a 'x x'
verdict 'a kernel and its image' built_image
image b b 'x x'
verdict 'what includes a binary comes from no cache' built_image
image b b 'b c'
refused 'an image that holds another kernel' 'holds another kernel than vmlinux' make kernel LINUX="$tmp/image" SERIES=none
image b c 'x x'
refused 'an image of another vmlinux' 'holds another kernel than vmlinux' make kernel LINUX="$tmp/image" SERIES=none

# The machine
shim df <<<'echo; echo "d 9 9 7 9% /"'
refused 'too little disk' 'too little disk: [0-9]+ MiB are needed' make kernel
rm "$bin/df"
refused 'no network' 'cannot fetch the package linux-source' make kernel
# The real apt with an archive that is not signed
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
# Neither root nor sudo: a PATH with everything except sudo
mkdir "$tmp/nosudo"
find /usr/local/bin /usr/sbin /usr/bin /sbin /bin -maxdepth 1 ! -name sudo -exec ln -sf -t "$tmp/nosudo" {} + 2>/dev/null || :
shim id <<<'echo 1000'
shim dpkg-query <<<'exit 1'
PATH=$tmp/nosudo refused 'not root and no sudo' "not root and no sudo: as root, run 'apt-get install" make kernel
# Two runs at once: apt refuses a second update, instead of waiting
shim sudo <<<'exec "$@"'
shim apt-get <<END
case "\$*" in
*install*) rmdir "$tmp/updating" ;;
*) mkdir "$tmp/updating" && sleep 1 ;;
esac
END
: >"$tmp/out"
PATH=$bin:$PATH bash -c '. scripts/lib.sh; need_packages bc & need_packages bc && wait $!' 2>"$tmp/err" && rc=0 || rc=$?
verdict 'two runs install packages, one after the other' [ "$rc" = 0 ]
rm "$bin"/*

# A toy archive with packages of several releases of the base, which contain the real files
# that the series touches, or changed ones
cached=$XDG_CACHE_HOME/dyndbg-diet archive=$tmp/archive/dists/trixie/main/binary-amd64
# really COMMAND...: run it with the real cache and the real series
really() { (cd "$top" && env -u XDG_CACHE_HOME ${real_xdg:+XDG_CACHE_HOME="$real_xdg"} BASE="$base" "$@"); }
real=$(really scripts/source pristine 2>"$tmp/err")
really scripts/source patches "$copy/patches/$base"
mapfile -t files < <(touched "$copy/patches/$base"/0*.patch)
made_on=$(release_of "$real")
sed -i "s/^release .*/release $made_on/; s/^version .*/version $made_on-1/; s/^files .*/files $(checksum "$real")/" patches/"$base"/base
cp -r patches/"$base" "$tmp/series"

# release N: make the tree of the N-th release after the one that the series is based on,
# in $tmp/tree-N
release()
{
	local f tree=$tmp/tree-$1
	mkdir -p "$tree"
	for f in Makefile Kbuild "${files[@]}"; do
		[ ! -e "$real/$f" ] || (cd "$real" && cp --parents "$f" "$tree/")
	done
	sed -i "s/^SUBLEVEL = .*/SUBLEVEL = $((${made_on##*.} + $1))/" "$tree/Makefile"
}

# name N: the name of that release
name() { echo "${made_on%.*}.$((${made_on##*.} + $1))"; }

# package N [BYTES]: make a package of that tree in $tmp; its source is cut to BYTES
package()
{
	local root=$tmp/root source=linux-source-$base
	rm -rf "$root"
	mkdir -p "$root/DEBIAN" "$root/usr/src"
	printf 'Package: %s\nVersion: %s-1\nArchitecture: all\nMaintainer: nobody\nDescription: toy\n' "$source" "$(name "$1")" >"$root/DEBIAN/control"
	tar -C "$tmp" --transform "s|^tree-$1|$source|" -cf - "tree-$1" | xz -0 >"$root/usr/src/$source.tar.xz"
	[ -z "${2:-}" ] || truncate -s "$2" "$root/usr/src/$source.tar.xz"
	dpkg-deb -Znone -b "$root" "$tmp/${source}_$(name "$1")-1_all.deb" >/dev/null
}

# offer N...: the archive has these; nothing is left of earlier runs
offer()
{
	rm -rf build/src build/tree "$cached"/linux-* "$cached/touched"
	has "$@"
}

# has N...: the archive has these releases
has()
{
	local n deb
	rm -rf "$tmp/archive"
	mkdir -p "$archive"
	for n; do
		deb=linux-source-${base}_$(name "$n")-1_all.deb
		cp "$tmp/$deb" "$tmp/archive/"
		{ dpkg-deb -f "$tmp/$deb"
		printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$tmp/$deb")" "$(sha256sum <"$tmp/$deb" | cut -d' ' -f1)"; } >>"$archive/Packages"
	done
	# apt skips an empty list
	printf 'Package: other\nVersion: 1\nArchitecture: all\nFilename: other.deb\nSize: 1\nSHA256: %064d\n\n' 0 >>"$archive/Packages"
	(cd "$archive/../.." && printf 'Suite: trixie\nCodename: trixie\nComponents: main\nArchitectures: amd64\nSHA256:\n %s %s main/binary-amd64/Packages\n' \
		"$(sha256sum <main/binary-amd64/Packages | cut -d' ' -f1)" "$(stat -c %s main/binary-amd64/Packages)" >Release)
	# all suites that the base names answer
	for n in $(base_says suites); do [ -e "$tmp/archive/dists/$n" ] || ln -s trixie "$tmp/archive/dists/$n"; done
}

# says TEXT PATTERN COMMAND...: the command succeeds, and prints a line that matches
says()
{
	local text=$1 pattern=$2 rc=0
	shift 2
	PATH=$bin:$PATH "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
	verdict "$text" said $rc "$pattern"
}

said() { [ "$1" = 0 ] && grep -Eqh -e "$2" "$tmp/out" "$tmp/err"; }

shim apt-get <<END
[ "\$1" = indextargets ] && echo 'main trixie file:$tmp/archive/' && exit
sed -i 's/signed-by=[^]]*/trusted=yes/' "$cached/apt/sources.list"
exec $(command -v apt-get) "\$@"
END
bad="[0-9]*-mm-zsmalloc-allocate-[^ ]*.patch does not apply to Linux $(name 3), mm/zsmalloc.c, hunk '@@ -[0-9]"
for n in 0 1 2 3 4 5; do release $n; done
sed -i '1i /* another line */' "$tmp/tree-1/mm/zsmalloc.c"
# next to lines that the series changes, and in them
sed -i 's/^\treturn min_t(int, ZS_SIZE_CLASSES - 1, idx);/\treturn last_class(idx);/; s/^static int get_size_class_index/static int last_class(int i) { return i; }\n\n&/' "$tmp/tree-2/mm/zsmalloc.c"
sed -i 's/lookup_size_class/find_size_class/' "$tmp/tree-3/mm/zsmalloc.c"
# only a line in the context of a hunk; a release that has one of the patches
sed -i 's/^static struct dentry \*zs_stat_root;/static struct dentry *zs_root;/' "$tmp/tree-4/mm/zsmalloc.c"
known=$(find "patches/$base" -name '*-jump_label-*.patch')
(cd "$tmp/tree-5" && GIT_CEILING_DIRECTORIES=$tmp git apply "$copy/$known")
for n in 0 1 2 3 4 5; do package $n; done

offer 0 1
says 'the release that the series is based on' "^$made_on, which the series is based on" scripts/source release
says 'no newer release than that which applies with offsets' "^$base: the newest is $(name 1), the series \(made on $made_on\) applies with offsets" make drift
f=$(find "patches/$base" -name '0001-*.patch')
says 'a series' 'series all on Linux' scripts/source all
sed -i '/^diff --git /d; /^index /d; /^new file mode /d' "patches/$base"/0*.patch
says 'the same in patches that git did not make' 'series all on Linux' scripts/source all
sed -i 's/^+CONFIG_TEST_DYNAMIC_DEBUG=m$/+# toy/' "$f"
says 'which is applied anew when it has changed' 'series all on Linux' scripts/source all
rm -r "patches/${base:?}"
cp -r "$tmp/series" "patches/$base"
offer 1 3
says 'without it, the newest to which the series applies' "^$(name 1), the series \(made on $made_on\) applies with offsets" scripts/source release
verdict 'the kernel is of that' grep -qx "SUBLEVEL = $((${made_on##*.} + 1))" "build/src/$base-pristine/Makefile"
has 0 1
{ printf -- '--- a/mm/zsmalloc.c\n+++ b/mm/zsmalloc.c\n@@ -1,2 +1,3 @@\n'
	sed 's/^/ /; 1a +// top
		2q' "$real/mm/zsmalloc.c"; } >"patches/$base/0099-top.patch"
says 'when the series applies to another release only, that is taken' "^$made_on, which the series is based on" scripts/source release
rm "patches/$base/0099-top.patch"
offer 1
says 'and another release gives way' "^$(name 1), " scripts/source release
cp "$tmp/linux-source-${base}_$made_on-1_all.deb" "$cached/"
says 'to the one that the series is based on, once that is there' "^$made_on, which the series is based on" scripts/source release
offer 4
refused 'there is no fuzz' "[0-9]*-mm-zsmalloc-allocate-[^ ]*.patch does not apply to Linux $(name 4), mm/zsmalloc.c" make kernel
offer 0 5
says 'drift: a release that has one of the patches' "^$base: the newest is $(name 5), .* applies merged, $(basename "$known") is in it already" make drift
rm -f "$cached/linux-source-${base}_$made_on-1_all.deb"
has 5
says 'a git tree of it' build/tree make tree
verdict 'has the others' test "$(git -C build/tree log --oneline base..HEAD | wc -l)" = $(($(find "$tmp/series" -name '0*.patch' ! -name '0000-*' | wc -l) - 1))
offer
refused 'a package that the archives do not have any more' 'the archives do not have it, nor any other release of it' make kernel
cp "$tmp/linux-source-${base}_$made_on-1_all.deb" "$cached/"
says 'drift: not what is in the cache alone' "^$base: the archives have no linux-source-$base" make drift
offer 0
cp -r "$copy" "$tmp/second"
(cd "$tmp/second" && PATH=$bin:$PATH scripts/source release) >"$tmp/second.out" 2>&1 &
says 'two clones at once: one' "^$made_on, which the series is based on" scripts/source release
wait $! || :
verdict 'and the other' grep -q "^$made_on, which the series is based on" "$tmp/second.out"
rm -rf "$tmp/second"
offer 3
says 'where the series does not apply, a git tree as far as it does' "^==> on Linux $(name 3) then" make tree
verdict 'is one in which git am has stopped' test -d build/tree/.git/rebase-apply
PATH=$bin:$PATH make export >"$tmp/out" 2>"$tmp/err" && rc=0 || rc=$?
verdict 'which cannot be exported yet' [ "$rc" != 0 ]
offer 3
refused 'no release to which the series applies' "$bad" make kernel
refused 'nor for the unpatched kernel' "$bad" make kernel SERIES=none
refused 'nor in a tree of the user' "$bad" make kernel LINUX="$tmp/tree-3"
offer 0 3
says 'drift: a release to which the series does not apply' "^$base: the newest is $(name 3), the series \(made on $made_on\) does not apply: $bad" make drift
offer 0 2
says 'drift: a release that takes a merge' "^$base: the newest is $(name 2), .* applies merged" make drift
says 'a tree that takes a merge' "on Linux $(name 2), .* applies merged" scripts/source all "$tmp/tree-2"
tree=$(tail -n1 "$tmp/out")
verdict 'has both sides' test "$(grep -cE 'last_class\(idx\)|^static struct size_class \*peek_size_class' "$tree/mm/zsmalloc.c")" = 2
cp "$tree/mm/zsmalloc.c" "$tmp/merged.c" || :
# what the merge needs is still in the cache
mv "$cached/touched" "$tmp/" || :
offer 2
mv "$tmp/touched" "$cached/" || :
says 'a release that takes a merge' 'on Linux .* applies merged' scripts/source all
verdict 'is the same' cmp "$tmp/merged.c" "build/src/$base-all/mm/zsmalloc.c"
says 'a git tree of it' build/tree make tree
verdict 'is the same, too' cmp "$tmp/merged.c" build/tree/mm/zsmalloc.c
says 'export is for that release then' "wrote base: Linux $(name 2)" make export
rm -r "patches/${base:?}"
cp -r "$tmp/series" "patches/$base"

# What an earlier release lacks
mkdir "patches/$base/needs"
git diff --no-index "$tmp/tree-3/mm" "$tmp/tree-0/mm" | sed "s|[ab]$tmp/tree-[03]/|a/|; /^+++/s|a/|b/|" >"patches/$base/needs/0001-toy.patch" || :
says 'a tree that lacks what the series needs' "on Linux $(name 3), .* applies as it is after patches/$base/needs" scripts/source all "$tmp/tree-3"
verdict 'gets it' grep -q '^static struct size_class \*peek_size_class' "$(tail -n1 "$tmp/out")/mm/zsmalloc.c"
offer 3
says 'no git tree of it' "the series goes on Linux $(name 3) after patches/$base/needs only" bash -c '! scripts/tree'
rm -r "patches/$base/needs"

# Packages that are corrupt
offer 0
head -c 100000 "$tmp/linux-source-${base}_$made_on-1_all.deb" >"$cached/linux-source-${base}_$made_on-1_all.deb"
says 'a corrupt package in the cache is fetched again' "_$made_on-1_all.deb in the cache is corrupt" scripts/source release
offer
head -c 100000 "$tmp/linux-source-${base}_$made_on-1_all.deb" >"$cached/linux-source-${base}_$made_on-1_all.deb"
refused 'a corrupt package that no archive has' "cannot fetch the package linux-source" make kernel
verdict 'is named' grep -q "_$made_on-1_all.deb in the cache is corrupt" "$tmp/err"
package 0 100000
offer 0
refused 'a corrupt package in the archive' "linux-source-${base}_$made_on-1_all.deb comes corrupt" make kernel
verdict 'is not kept' test ! -e "$cached/linux-source-${base}_$made_on-1_all.deb"
package 0

# Two bases
offer 0
mkdir patches/99.9
sed "s/$base/99.9/" "patches/$base/base" >patches/99.9/base
says 'a base that cannot be fetched gives way' "^==> base 99.9 gives way to $base: cannot fetch" scripts/source all
verdict 'to one that can' grep -qx ".*/$base-all" "$tmp/out"
says 'the other base by name' "^$base\$" env BASE="$base" scripts/source base
rm -rf build/src
refused 'a base that cannot be fetched, by name' 'error: cannot fetch the package linux-source-99.9' make kernel BASE=99.9
refused 'a base that there is not' "unknown BASE '9': choose one of 99.9 $base" make kernel BASE=9
sed -e "s/linux-source-99.9/linux-source-$base/; s/^version .*/version $(name 3)-1/" -i patches/99.9/base
cp "$tmp/series"/0*.patch patches/99.9/
offer 0 3
says 'a base to which nothing applies gives way' "^==> base 99.9 gives way to $base: $bad" scripts/source release
rm -r build/src patches/99.9 "patches/$base"/0*.patch

# Without network
shim apt-get <<'END'
[ "$1" = indextargets ] && echo 'main trixie http://[::1]:9/debian/' && exit
exit 100
END
says 'drift without network' '^no archive answers' make drift
verdict 'in one line' test "$(wc -l <"$tmp/out")" = 1
rm "$bin/apt-get"

# An interrupt while the source is unpacked
cp "$patches/base" "patches/$base/"
deb=$(find "$real_cache" -maxdepth 1 -name "linux-source-${base}_$made_on-*.deb" 2>/dev/null | head -n1)
if [ -n "$deb" ]; then
	ln -s "$deb" "$XDG_CACHE_HOME/dyndbg-diet/"
	setsid scripts/source pristine >/dev/null 2>"$tmp/err" &
	for ((i = 0; i < 600; i++)); do
		[ -z "$(find build/tmp/*/tree -name Makefile 2>/dev/null | head -n1)" ] || break
		sleep 0.1
	done
	verdict 'a source that is being unpacked' test $i -lt 600
	kill -TERM -- -$! || :
	rc=0
	wait $! || rc=$?
	verdict 'an interrupt ends it' test $rc = 143
	verdict 'and leaves no half tree' test -z "$(find build/src build/tmp -mindepth 1 2>/dev/null | head -n1)"
else
	skipped=1
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
guest 300 <<<"$(sed -n '/^quiet()/,/^}/p' tests/guest/lib.sh); quiet; echo '<4>BUG: sleeping' >/dev/kmsg; dmesg -c >/dev/null"
verdict 'a report that a quiet test cleared from the log' test $rc = 99
guest 300 <<<'echo "<4>kmemleak: Cannot allocate a kmemleak_object structure" >/dev/kmsg'
verdict 'a leak detector that has switched itself off' test $rc = 99
guest 300 <<<'echo "<7>a debug message: WARNING: no bug: Call Trace:" >/dev/kmsg'
verdict 'words inside a message are no report' test $rc = 0
guest 300 <<<'echo "<7>test_dd: said" >/dev/kmsg; sleep 3; echo "<6>others" >/dev/kmsg; echo "<4>CPU: 0 PID: 1" >/dev/kmsg; sleep 3; echo "<4>Call Trace:" >/dev/kmsg'
verdict 'nor is the trace that flag d asks for' test $rc = 0
guest 300 <<<'echo "<7>said" >/dev/kmsg; echo "<4>CPU: 0 PID: 1" >/dev/kmsg; echo "<4>Call Trace:" >/dev/kmsg'
verdict 'but any other is' test $rc = 99
# as arm64 spells it
guest 300 <<<'echo "<4>Call trace:" >/dev/kmsg'
verdict 'on any architecture' test $rc = 99
guest 300 <<<'echo "<4>fuzz invoked oom-killer: gfp_mask=0x0" >/dev/kmsg; echo "<4>CPU: 0 PID: 1" >/dev/kmsg; echo "<4>Call Trace:" >/dev/kmsg'
verdict 'nor that of a process that fuzz.sh has killed for its memory' test $rc = 0
guest 300 <<<'echo "<4>fuzz invoked oom-killer: gfp_mask=0x0" >/dev/kmsg; echo "<4>Out of memory: Killed process 1" >/dev/kmsg'
verdict 'but all memory is not to run out' test $rc = 99
# shellcheck disable=SC2016 # the guest's shell expands it
guest 300 <<<'for line in "BUG: KCSAN: data-race in foo / bar" "write to 0xf" " foo+0x1" " _printk+0x1" " __dynamic_pr_debug+0x1" ==========; do echo "<4>$line" >/dev/kmsg; done'
verdict 'a race of others is no report' test $rc = 0
verdict 'but listed' grep -qx '==> of others: data-race in foo / bar' "$tmp/err"
# shellcheck disable=SC2016 # the guest's shell expands it
guest 300 <<<'for line in "BUG: KCSAN: data-race in foo / bar" "write to 0xf" " ddebug_walk+0x1" ==========; do echo "<4>$line" >/dev/kmsg; done'
verdict 'but one of dynamic debug is' test $rc = 99
# shellcheck disable=SC2016 # the guest's shell expands it
guest 300 <<<'printf "\000\377\n" >/dev/ttyS0; echo "<4>WARNING: CPU: 0 PID: 1 at lib/a.c:1" >/dev/kmsg'
verdict 'a report in a log that is not all text' test $rc = 99
verdict 'is shown' grep -aq 'WARNING: CPU: 0 PID: 1 at lib/a.c:1' "$tmp/err"
SECONDS=0
guest 300 <<<'echo "<4>WARNING: CPU: 0" >/dev/kmsg; sleep 1; echo "<4>the rest of it" >/dev/kmsg; sleep 1000'
verdict 'a guest that has reported something ends then' test $rc = 99 -a $SECONDS -lt 120
verdict 'and the report is whole' grep -q 'the rest of it' "$tmp/boot.log"
other=$(scripts/kernel lean none 2>/dev/null | tail -n1)/arch/x86/boot/bzImage
shim qemu-system-x86_64 <<END
args=("\$@")
for i in "\${!args[@]}"; do [ "\${args[i]}" != -kernel ] || args[i+1]=$other; done
exec $(command -v qemu-system-x86_64) "\${args[@]}"
END
PATH=$bin:$PATH guest 300 <<<'echo here'
verdict 'a kernel that is not the one that was built' grep -q 'another kernel booted than was built' "$tmp/err"
verdict 'is an error' test $rc = 99
rm "$bin"/*
# A test that cannot fail is none: what each of these checks is missing
selftest()
{
	rc=0
	APPEND=$1 CONFIG=lean SERIES=all scripts/selftest >"$tmp/out" 2>"$tmp/err" || rc=$?
}
selftest initcall_blacklist=dynamic_debug_init_control
verdict 'a selftest that skips all' test $rc = 1
selftest debugfs=off
verdict 'one that skips the file "memory"' test "$rc $(tail -n1 "$tmp/out" | grep -o '1 failed')" = '1 1 failed'
shim perl <<<'exit 2'
eval "$(sed -n '/^checkpatch()/,/^}/p' scripts/test)"
PATH=$bin:$PATH checkpatch >"$tmp/out" 2>"$tmp/err" && rc=0 || rc=$?
verdict 'a checkpatch that does not run' test "$rc $(grep -c 'ended with status 2' "$tmp/out")" = "1 $(series_files all | wc -l)"
rm "$bin"/*
mkdir "$tmp/texts"
cp -r README.md docs tests patches "$tmp/texts"
(cd "$tmp/texts" && sed -i 's/^<!-- table: memory lean -->$/<!-- table memory lean -->/' docs/results.md &&
	tests/figures.py) >"$tmp/out" 2>"$tmp/err" && rc=0 || rc=$?
verdict 'a table without its marker' test "$rc $(grep -c '^not ok' "$tmp/out")" = '1 1'
rc=0
python3 -B -c 'import sys; sys.path.insert(0, "tests/diff"); import diff
run = diff.Run(0, "", "")
print(diff.differences(run, run, ["query"]))' >"$tmp/out" 2>"$tmp/err" || rc=$?
verdict 'two runs that stop early, as far as each other' test "$rc $(cat "$tmp/out")" = "0 {0: ['end']}"
guest 300 <<<'reboot -f'
verdict 'a missing end marker' test $rc = 99
guest 300 <<<'echo c >/proc/sysrq-trigger'
verdict 'a panic' test $rc = 99

echo "harness: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
