#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the booted kernel keeps for its built-in sites, all in bytes but for the
# counts and what is of /proc/meminfo: lines "@ mem.KEY number". pools.ko, beside
# it or not, tells what a zsmalloc pool takes. A key that does not apply is left out.

control=/proc/dynamic_debug/control
memory=/sys/kernel/debug/dynamic_debug/memory

# symbol NAME: its address
symbol() { sed -n "s/^\([0-9a-f]*\) . $1\$/0x\1/p" /proc/kallsyms; }

# section NAME KEY: its bytes, from the symbols around it
section()
{
	start=$(symbol "__start_$1")
	stop=$(symbol "__stop_$1")
	[ -z "$start" ] || echo "@ mem.$2 $((stop - start))"
}

# of_memory ROW COLUMN: a figure of the kernel's own, 0 where it keeps none
of_memory()
{
	[ -e $memory ] || { echo 0; return; }
	awk -v row="$1" -v column="$2" '
		/^#/ { for (i = 3; i <= NF; i++) if ($i == column) n = i - 1 }
		$1 == row { print $(n ? n : 2) }' $memory
}

# kmalloc BYTES: as kmalloc() rounds them up
kmalloc()
{
	sizes=$(awk '$1 ~ /^kmalloc-[0-9]+k?$/ { print $4 }' /proc/slabinfo | sort -n)
	for size in $sizes; do
		[ "$1" -gt "$size" ] || break
	done
	echo $(($1 > size ? $1 : size))
}

# tables MODULES: bytes that tell which callsites are of which built-in module; an array
# in the patched kernel, a struct ddebug_table each in the other: seven or eight words
tables()
{
	if [ -n "$(symbol ddebug_builtins)" ]; then
		kmalloc $(($1 * 6))
	else
		case $(uname -m) in *64*|s390x) word=8 ;; *) word=4 ;; esac
		echo $(($1 * $(kmalloc $((7 * word)))))
	fi
}

# settle: what CPUs keep of slabs counts as used, and what was freed may come late.
# Of these caches only, as each file that is opened leaves something to be freed.
settle()
{
	sleep 1
	for cache in /sys/kernel/slab/kmalloc-[0-9]* /sys/kernel/slab/zs_handle /sys/kernel/slab/zspage; do
		[ ! -e "$cache" ] || echo 1 >"$cache/shrink"
	done
}

# objects: of each cache in slab, how many there are and of what size
objects() { settle; awk 'NR > 2 { print $1, $2, $4 }' /proc/slabinfo; }

# pool BYTES: what a zsmalloc pool with an object of that size takes in slab. There
# are so many pools that what else happens meanwhile is less than an object for each.
pool()
{
	objects >/tmp/before
	echo "$1" 2>/dev/null >/sys/module/pools/parameters/make || return
	objects >/tmp/after
	echo -1 >/sys/module/pools/parameters/make
	awk -v pools="$(cat /sys/module/pools/parameters/pools)" '
		NR == FNR { was[$1] = $2; next }
		{ bytes += int(($2 - was[$1]) / pools + 0.5) * $3 }
		END { print bytes }' /tmp/before /tmp/after
}

# object CACHE: what one of its objects takes
object() { cat "/sys/kernel/slab/$1/slab_size"; }

# What the boot left in caches and on the lists of freed pages is noise.
sync
echo 3 >/proc/sys/vm/drop_caches
sleep 1
for key in MemTotal MemFree Slab; do
	sed -n "s/^$key: *\([0-9]*\) kB/@ mem.$key \1/p" /proc/meminfo
done | tr MTFS mtfs
# said once at boot: what was freed
dmesg | sed -n 's/.*(initmem) memory: \([0-9]*\)K$/@ mem.initmem \1/p'
echo "@ mem.sites $(grep -vc '^#' $control)"
modules=$(sed '/^#/d; s/^[^[]*\[\([^]]*\)\].*/\1/' $control | uniq | wc -l)
tables=$(tables "$modules")
echo "@ mem.modules $modules"
echo "@ mem.tables $tables"
section __dyndbg hot
section __dyndbg_sites cold
hot=$(($(symbol __stop___dyndbg) - $(symbol __start___dyndbg)))

blocks=$(of_memory kernel pooled)
pages=$(of_memory pool_pages '')
store=$(of_memory kernel slab_bytes)
pooled=0
if insmod ./pools.ko 2>/dev/null && empty=$(pool 0); then
	echo "@ mem.pool_empty $empty"
	if [ "$pages" != 0 ]; then
		# a pool with one block in its first page, and what more of them take
		handle=$(object zs_handle)
		zspage=$(object zspage)
		one=$(pool 1016)
		pooled=$((one + (blocks - 1) * handle + (pages - 1) * zspage))
		echo "@ mem.pool_class $((one - empty - handle - zspage))"
		echo "@ mem.pool_handles $((blocks * handle))"
		echo "@ mem.pool_zspages $((pages * zspage))"
	fi
fi
rmmod pools 2>/dev/null
if [ -e $memory ]; then
	echo "@ mem.packed $(of_memory kernel packed_bytes)"
	echo "@ mem.blocks $(of_memory kernel blocks)"
	echo "@ mem.store $store"
	echo "@ mem.pool_pages $((pages * 4096))"
	echo "@ mem.pool_slab $pooled"
fi
echo "@ mem.all $((hot + tables + store + pages * 4096 + pooled))"
