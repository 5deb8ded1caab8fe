# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
# Helpers of the harness; bash scripts source this file first.

set -euo pipefail
export LC_ALL=C
unset CDPATH MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GIT_DIR GIT_WORK_TREE

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$top/build
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dyndbg-diet
jobs=${JOBS:-$(nproc)}
tmp=

# say TEXT: one line for the user, on stderr
say() { printf '%s\n' "$*" >&2; }

# die TEXT: one line that says what was wrong and what to do, then stop
die() { say "error: $*"; exit 1; }

# bases: those that there are, the newest first
bases()
{
	find "${PATCHES:-$top/patches}" -mindepth 2 -maxdepth 2 -name base -printf '%h\n' 2>/dev/null | sed 's|.*/||' | sort -rV
}

# use_base NAME: from here on, $base and $patches are of that one
use_base()
{
	base=$1 patches=${PATCHES:-$top/patches}/$1
	[ -n "$1" ] && [ "${1#*/}" = "$1" ] && [ -f "$patches/base" ] ||
		die "unknown BASE '$1': choose one of $(bases | paste -sd' ')"
}

# choose_base [LINUX]: the base for this script and all that it runs: BASE; else that
# of the tree; else the newest that the archives have and that the series applies to
choose_base()
{
	[ -n "${BASE:-}" ] || BASE=$("$top/scripts/source" base "${1:-}")
	export BASE
	use_base "$BASE"
}

# base_says KEY: what the base's file says of it
base_says() { sed -n "s/^$1  *//p" "$patches/base"; }

# release_of DIRECTORY: of that kernel tree, as 6.12.1 or 7.4.0-rc1
release_of()
{
	awk -F' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) *=/ { v = v s $2; s = "." } /^EXTRAVERSION *=/ { v = v $2; exit } END { print v }' "$1/Makefile"
}

# scratch: a temporary directory in $tmp that goes away when the script ends
scratch()
{
	mkdir -p "$build/tmp"
	tmp=$(mktemp -d "$build/tmp/XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# elapsed SECONDS: as 3m07s or 7s
elapsed()
{
	if [ "$1" -ge 60 ]; then
		printf '%dm%02ds' $(($1 / 60)) $(($1 % 60))
	else
		printf '%ds' "$1"
	fi
}

# step TEXT LOG COMMAND...: run the command into LOG; one line with its time
step()
{
	local text=$1 log=$2 t0=$SECONDS rc=0
	shift 2
	mkdir -p "$(dirname "$log")"
	printf '==> %s ... ' "$text" >&2
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	[ $rc = 0 ] && say "$(elapsed $((SECONDS - t0)))" || say "failed"
	return $rc
}

# lock NAME: wait for other runs that work on the same thing; "base" is what all clones have
# in the cache, "packages" is what all of them install
lock()
{
	local fd dir=$build/lock
	case $1 in base | packages) dir=$cache/lock ;; esac
	mkdir -p "$dir"
	exec {fd}>"$dir/$1"
	flock -w 5 "$fd" || { say "waiting for another run on $1"; flock "$fd"; }
}

# need_space DIRECTORY MIB: enough free disk there, or an error
need_space()
{
	local free
	mkdir -p "$1"
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$2" ] ||
		die "too little disk: $2 MiB are needed in $1, $free MiB are free; free some or clone elsewhere"
}

# need_packages PACKAGE...: install those that are missing
need_packages()
{
	local p missing=() sudo=()
	for p in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] && return
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null ||
			die "not root and no sudo: as root, run 'apt-get install ${missing[*]}', then try again"
		sudo=(sudo)
	fi
	mkdir -p "$build/log"
	# "apt-get update" does not wait for another one, "apt-get install" does if told to
	(lock packages && step "install ${missing[*]}" "$build/log/install.log" "${sudo[@]}" sh -c '
		export DEBIAN_FRONTEND=noninteractive
		apt-get update && exec apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"' sh "${missing[@]}") ||
		die "cannot install ${missing[*]}: $(grep -m1 '^E:' "$build/log/install.log" || echo "see build/log/install.log")"
}

# need_tools: install what is needed to build and boot a kernel
need_tools()
{
	need_packages bc binutils bison busybox-static ccache cpio flex gcc git kmod \
		libc6-dev libelf-dev libssl-dev make qemu-system-x86 seabios xz-utils
}

# check_config NAME: there is such a configuration
check_config()
{
	[ -n "$1" ] && [ "${1#*/}" = "$1" ] && [ -f "$top/configs/$1.config" ] ||
		die "unknown CONFIG '$1': choose one of $(cd "$top/configs" && echo *.config | sed 's/\.config//g')"
}

# arch_of CONFIG: set what its architecture says of building and booting
arch_of()
{
	arch=$(sed -n 's/^# arch: //p' "$top/configs/$1.config")
	arch=${arch:-x86_64} karch=x86 cross='' image=arch/x86/boot/bzImage tools=()
	qemu_cmd=(qemu-system-x86_64 -M pc) console=ttyS0,115200
	case $arch in
	x86_64) ;;
	i386) karch=i386 ;;
	armhf)
		karch=arm cross=arm-linux-gnueabihf- image=arch/arm/boot/zImage
		qemu_cmd=(qemu-system-arm -M "virt,highmem=off" -cpu cortex-a15) console=ttyAMA0
		tools=(gcc-arm-linux-gnueabihf qemu-system-arm) ;;
	arm64)
		# of a CPU that has pages of 16 KiB, too
		karch=arm64 cross=aarch64-linux-gnu- image=arch/arm64/boot/Image
		qemu_cmd=(qemu-system-aarch64 -M virt -cpu cortex-a76) console=ttyAMA0
		tools=(gcc-aarch64-linux-gnu qemu-system-arm) ;;
	riscv64)
		karch=riscv cross=riscv64-linux-gnu- image=arch/riscv/boot/Image
		qemu_cmd=(qemu-system-riscv64 -M virt)
		tools=(gcc-riscv64-linux-gnu qemu-system-misc opensbi) ;;
	ppc64el)
		karch=powerpc cross=powerpc64le-linux-gnu- image=vmlinux
		qemu_cmd=(qemu-system-ppc64 -M pseries) console=hvc0
		tools=(gcc-powerpc64le-linux-gnu qemu-system-ppc) ;;
	s390x)
		karch=s390 cross=s390x-linux-gnu- image=arch/s390/boot/bzImage
		qemu_cmd=(qemu-system-s390x -M s390-ccw-virtio -cpu qemu) console=ttyS1
		tools=(gcc-s390x-linux-gnu qemu-system-misc) ;;
	*) die "configs/$1.config: unknown architecture '$arch'" ;;
	esac
}

# series_files SERIES: the patches of all, none or the first N, one a line
series_files()
{
	local list=()
	mapfile -t list < <(find "$patches" -maxdepth 1 -name '[0-9][0-9][0-9][0-9]-*.patch' ! -name '0000-*' 2>/dev/null | sort)
	case $1 in
	all) ;;
	none) list=() ;;
	''|*[!0-9]*) die "unknown SERIES '$1': choose all, none or a number from 0 to ${#list[@]}" ;;
	*)
		[ "$1" -le ${#list[@]} ] ||
			die "unknown SERIES '$1': choose all, none or a number from 0 to ${#list[@]}"
		list=("${list[@]:0:$1}") ;;
	esac
	[ ${#list[@]} = 0 ] || printf '%s\n' "${list[@]}"
}

# tree_name SERIES LINUX: a name for the source tree of that series on that base; all
# its prefixes share one, so that from one to the next little is built again
tree_name()
{
	local id='' name=$1
	case $1 in none|all) ;; *) name=prefix ;; esac
	# none is the same with any patches
	[ -z "${PATCHES:-}" ] || [ "$1" = none ] || name+=-$(basename "$PATCHES")
	[ -z "$2" ] || id=@$(basename "$2")-$(printf %s "$2" | sha256sum | cut -c1-8)
	echo "$base-$name$id"
}

# plain_git ARGUMENT...: git without personal settings, except for the name
plain_git()
{
	local name mail
	name=$(git config user.name || echo builder)
	mail=$(git config user.email || echo builder@localhost)
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
		git -c user.name="$name" -c user.email="$mail" -c core.hooksPath=/dev/null -c safe.directory='*' "$@"
}

# touched FILE...: the files that these patches touch
touched()
{
	[ $# = 0 ] || sed -n 's|^--- a/||p; s|^+++ b/||p; s|^rename from ||p; s|^rename to ||p' "$@" | sort -u
}

# checksum DIRECTORY: of the files there that the series touches
checksum()
{
	local f list=()
	mapfile -t list < <(series_files all)
	touched "${list[@]}" | while read -r f; do
		[ ! -f "$1/$f" ] || echo "$f $(sha256sum <"$1/$f")"
	done | sha256sum | cut -d' ' -f1
}

# build_module OBJ SOURCE TARGET [SETTING...]: an external module for the kernel in
# OBJ, to TARGET; the source directory is not written to. For another architecture,
# arch_of goes before.
build_module()
{
	local obj=$1 source=$2 target=$3 name
	shift 3
	name=$(basename "$source")
	rm -rf "$tmp/module-$name"
	cp -r "$source" "$tmp/module-$name"
	make -s -C "$obj" ARCH="${karch:-x86}" CROSS_COMPILE="${cross:-}" M="$tmp/module-$name" "$@" modules >"$tmp/module-$name.log" 2>&1 ||
		die "cannot build the module $name: $(grep -m1 -E 'error|Error' "$tmp/module-$name.log")"
	cp "$tmp/module-$name/$name.ko" "$target/"
}

# build_program SOURCE TARGET [FLAG...]: a static program for the guest
build_program()
{
	gcc -static -O2 -Wall -Wextra -Werror "${@:3}" -o "$2" "$top/$1" || die "cannot build $1 (above)"
}

# choose_seed: SEED, or a random one
choose_seed()
{
	export SEED=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	case $SEED in ''|*[!0-9]*) die "SEED='$SEED' is not a number" ;; esac
}

# choose_minutes DEFAULT [MINUTES]: those, or else what is set outside, in $minutes
choose_minutes()
{
	minutes=${2:-${MINUTES:-$1}}
	case $minutes in ''|*[!0-9]*|0) die "MINUTES='$minutes' is not a number of minutes" ;; esac
}

# build_id FILE: that of an ELF file
build_id() { readelf -n "$1" 2>/dev/null | sed -n 's/^ *Build ID: //p'; }

# Without BASE it is the newest, until choose_base finds another one
use_base "${BASE:-$(bases | head -n1)}"
