#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# zsmalloc's other users, zram and zswap, with known data: every compression that is built
# in, again and with another one, written back, compacted, discarded, limited; allocations of size
# classes fail; all of it at once for SECONDS (60), with memory short. The data is as it
# was. Lines that begin with "= " are to be the same on the kernel without the series.

. ./lib.sh
seconds=${1:-60}
pages=4096
zram=/sys/block/zram0
debug=/sys/kernel/debug

# zs_text: where zs_malloc() begins and ends
zs_text() { sort /proc/kallsyms | awk 'start { print start, "0x" $1; exit } $3 == "zs_malloc" { start = "0x" $1 }'; }

# set_to FILE TEXT
set_to() { echo "$2" 2>/dev/null >"$1"; }

# stats TEXT: what there is to know of the first device and its pool
stats()
{
	for file in mm_stat io_stat bd_stat debug_stat; do
		echo "= $1: $file" "$(tr -s ' \n' ' ' <$zram/$file)"
	done
	sed "s/^/= $1: /" $debug/zsmalloc/zram0/classes
}

# device NUMBER SETTING=VALUE...: that device, anew
device()
{
	dir=/sys/block/zram$1
	set_to "$dir/reset" 1 || return
	shift
	settings "$dir" "$@" disksize=$((pages * 4096)) 2>/dev/null
}

# put ROUND, is ROUND: the pages of the first device
put() { ./pages put /dev/zram0 "$seed" $pages "$1"; }
is() { ./pages check /dev/zram0 "$seed" $pages "$1"; }

# faults on|off: in a process that asks for it, each allocation of a size class fails: it is
# the only kmalloc() in zs_malloc()
faults()
{
	[ "$1" = on ] && echo 100 >$debug/failslab/probability || echo 0 >$debug/failslab/probability
}

# failing COMMAND...: with failing allocations
failing() { (echo 1 >/proc/self/make-it-fail; "$@"); }

quiet
modprobe zram num_devices=2
modprobe brd rd_nr=3 rd_size=$((pages * 8))
seed=1

for algorithm in lzo-rle lzo lz4 zstd deflate; do
	check "$algorithm: a device" device 0 comp_algorithm=$algorithm
	check "$algorithm: pages are written" put 0
	stats "$algorithm, written"
	check "$algorithm: and have what was written" is 0
	check "$algorithm: some are written anew, some discarded" put 1
	stats "$algorithm, anew"
	check "$algorithm: compacted" set_to $zram/compact 1
	stats "$algorithm, compacted"
	check "$algorithm: and are as written" is 1
	seed=$((seed + 1))
done

check "recompression: a device" device 0 comp_algorithm=lzo recomp_algorithm="algo=lz4 priority=1" \
	recomp_algorithm="algo=zstd priority=2" recomp_algorithm="algo=deflate priority=3"
check "recompression: pages are written" put 0
check "recompression: of huge pages" set_to $zram/recompress "type=huge algo=zstd"
stats "recompression, huge"
check "recompression: all are idle" set_to $zram/idle all
check "recompression: of idle pages" set_to $zram/recompress "type=idle algo=lz4"
stats "recompression, idle"
check "recompression: and have what was written" is 0
check "recompression: all are idle again" set_to $zram/idle all
check "recompression: of large pages" set_to $zram/recompress "type=idle algo=deflate threshold=2000"
check "recompression: some are written anew, some discarded" put 1
check "recompression: compacted" set_to $zram/compact 1
stats "recompression, anew"
check "recompression: and are as written" is 1

check "writeback: a device" device 0 comp_algorithm=zstd backing_dev=/dev/ram0
check "writeback: pages are written" put 0
check "writeback: of huge pages" set_to $zram/writeback huge
stats "writeback, huge"
check "writeback: and have what was written" is 0
check "writeback: a limit" set_to $zram/writeback_limit 100
check "writeback: is on" set_to $zram/writeback_limit_enable 1
check "writeback: all are idle" set_to $zram/idle all
set_to $zram/writeback idle
echo "= writeback, limit: status $?, left $(cat $zram/writeback_limit)"
stats "writeback, limit"
check "writeback: the limit is off" set_to $zram/writeback_limit_enable 0
check "writeback: of idle pages" set_to $zram/writeback idle
stats "writeback, idle"
check "writeback: some are written anew, some discarded" put 1
check "writeback: and are as written" is 1
stats "writeback, anew"
if [ -e $zram/compressed_writeback ]; then
	check "writeback: a device that writes compressed" device 0 compressed_writeback=1 backing_dev=/dev/ram0
	check "writeback: pages are written" put 0
	check "writeback: all are idle" set_to $zram/idle all
	check "writeback: of idle pages" set_to $zram/writeback idle
	stats "writeback, compressed"
	check "writeback: and have what was written" is 0
fi

check "limit: a device" device 0 mem_limit=4M
put 0 2>/tmp/err
echo "= limit: $(cat /tmp/err)"
stats "limit, reached"
check "limit: there is one" grep -q 'error' /tmp/err
check "limit: is lifted" set_to $zram/mem_limit 0
check "limit: pages are written" put 0
check "limit: and have what was written" is 0
check "limit: the device is gone" set_to $zram/reset 1

# Each allocation of a size class fails once, the write that needs it fails, and is repeated.
# (a cache that shares its slabs with another one cannot be chosen)
for file in /sys/kernel/slab/kmalloc-*/failslab; do set_to "$file" 1; done
read -r from to <<END
$(zs_text)
END
settings $debug/failslab ignore-gfp-wait=N cache-filter=Y task-filter=Y verbose=0 times=-1 probability=0 \
	require-start="$from" require-end="$to"

# used: how many classes have been used
used() { awk '$1 ~ /^[0-9]+$/ && $(NF - 4) > 0' $debug/zsmalloc/zram0/classes | wc -l; }

check "no class: a device" device 0 comp_algorithm=lz4 recomp_algorithm="algo=zstd priority=1" backing_dev=/dev/ram0
faults on
refused=$(./pages fail /dev/zram0 $seed $pages 0)
faults off
want=$(used)
[ "$(cat ./series)" = all ] || want=0
check "no class: $refused writes failed, and were repeated, for $(used) classes" test "$refused" = "$want"
check "no class: and have what was written" is 0
stats "no class" | grep -v 'io_stat\|debug_stat'
check "no class: some are written anew" put 1
check "no class: and have what was written" is 1
# Recompression needs classes that were not used so far.
check "no class: a device for few pages" device 0 comp_algorithm=lz4 recomp_algorithm="algo=zstd priority=1"
check "no class: which are written" ./pages put /dev/zram0 $seed 40 0
set_to $zram/idle all
faults on
failing set_to $zram/recompress "type=idle algo=zstd"
status=$?
faults off
check "no class: recompression, status $status" test $((status != 0)) = $((want > 0))
check "no class: after recompression all have what was written" ./pages check /dev/zram0 $seed 40 0
set_to $zram/idle all
check "no class: recompression is repeated" set_to $zram/recompress "type=idle algo=zstd"
check "no class: and all have what was written" ./pages check /dev/zram0 $seed 40 0

# zswap, of two compressions: with each another pool
mkdir /tmp/cgroup
mount -t cgroup2 cgroup2 /tmp/cgroup
echo +memory >/tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/test
mkswap /dev/ram1 >/dev/null
check "zswap: swap space" swapon /dev/ram1
parameters=/sys/module/zswap/parameters
check "zswap: is on" set_to $parameters/enabled Y

# within COMMAND...: in the group whose memory is reclaimed
within() { (echo 0 >/tmp/cgroup/test/cgroup.procs; "$@"); }
# (there is less than that)
reclaim() { echo 64M 2>/dev/null >/tmp/cgroup/test/memory.reclaim || :; }
stored() { cat $debug/zswap/stored_pages; }

for algorithm in lzo zstd; do
	check "zswap: compression $algorithm" set_to $parameters/compressor $algorithm
	rejected=$(cat $debug/zswap/reject_alloc_fail)
	if [ $algorithm = lzo ]; then faults on; fi
	check "zswap, $algorithm: a file" within ./pages put /tmp/$algorithm $seed $pages 0
	failing reclaim
	faults off
	# what is in the swap space now is not to be stored again
	check "zswap, $algorithm: the file again" within ./pages put /tmp/$algorithm $seed $pages 0
	rejected=$(($(cat $debug/zswap/reject_alloc_fail) - rejected))
	want=0
	[ "$(cat ./series)$algorithm" != alllzo ] || want=1
	check "zswap, $algorithm: $rejected pages were refused for want of a class" test $((rejected > 0)) = $want
	reclaim
	check "zswap, $algorithm: $(stored) pages in it" test "$(stored)" -ge 1000
done
for algorithm in lzo zstd; do
	check "zswap: what was $algorithm is as written" ./pages check /tmp/$algorithm $seed $pages 0
	check "zswap: some of it is written anew" within ./pages put /tmp/$algorithm $seed $pages 1
	reclaim
done
set_to $parameters/max_pool_percent 1
reclaim
for algorithm in lzo zstd; do
	check "zswap: what was $algorithm is as written, with a small pool" ./pages check /tmp/$algorithm $seed $pages 1
	rm /tmp/$algorithm
done
set_to $parameters/max_pool_percent 20

# All at once
disk() # NUMBER
{
	while running; do
		for round in 0 1; do
			if ! ./pages retry "/dev/zram$1" "1$1" $pages $round >>/tmp/retries ||
				! ./pages check "/dev/zram$1" "1$1" $pages $round; then
				echo "zram$1, round $round" >>/tmp/wrong
				return
			fi
		done
		echo >>/tmp/disks
	done
}

swapping()
{
	while running; do
		for round in 0 1; do
			within ./pages put /tmp/swapped 20 $pages $round && reclaim &&
				./pages check /tmp/swapped 20 $pages $round || echo "zswap, round $round" >>/tmp/wrong
		done
		echo >>/tmp/swaps
	done
}

changes()
{
	while running; do
		for dir in /sys/block/zram0 /sys/block/zram1; do
			set_to $dir/compact 1
			set_to $dir/idle all
			set_to $dir/recompress "type=idle algo=zstd"
			set_to $dir/idle all
			set_to $dir/writeback huge_idle
		done
		set_to /proc/sys/vm/compact_memory 1
		echo >>/tmp/changes
	done
}

pressure()
{
	while running; do
		shorten_memory /dev/shm/ballast 90
		echo >>/tmp/pressures
		sleep 1
	done
}

check "at once: a device" device 0 comp_algorithm=lzo recomp_algorithm="algo=zstd priority=1" backing_dev=/dev/ram0
check "at once: another" device 1 comp_algorithm=lz4 recomp_algorithm="algo=zstd priority=1" backing_dev=/dev/ram2
start "$seconds"
disk 0 & disk 1 & swapping & changes & pressure &
wait
for what in disks swaps changes pressures; do
	check "at once: $what: $(wc -l </tmp/$what)" test -s /tmp/$what
done
check "at once: all data is as written; writes that were repeated: $(awk '{ n += $1 } END { print n + 0 }' /tmp/retries)" \
	test ! -e /tmp/wrong
[ ! -e /tmp/wrong ] || cat /tmp/wrong
swapoff /dev/ram1
rmmod zram
finish zram
