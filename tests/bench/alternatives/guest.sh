#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What alternatives.sh does in the guest: lines "@ alt.NAME.ITEM value".

parameters=/sys/module/alternatives/parameters

# used: the bytes of all objects in slab, to $objects, and of all its pages, to $slabs.
# What is freed later is noise, and what a CPU keeps of a slab, as that counts as used; to
# open a file may be enough for that. So take the lesser of two readings, and run no
# command, nor a subshell, from here to there.
# shellcheck disable=SC2034 # all columns need a name
used()
{
	objects=
	for reading in 1 2; do
		echo 1 >$parameters/settle
		for cache in $caches; do
			echo 1 >"$cache"
		done
		sum=0 sum_slabs=0
		while read -r cache active total size per_slab pages x1 x2 x3 x4 x5 x6 x7 x8 nr_slabs x9; do
			case $size in *[!0-9]*) continue ;; esac # the two lines of the head
			sum=$((sum + active * size)) sum_slabs=$((sum_slabs + nr_slabs * pages * 4096))
		done </proc/slabinfo
		[ -n "$objects" ] && [ "$objects" -le $sum ] || objects=$sum slabs=$sum_slabs
	done
}

for module in lz4_compress lz4_decompress zstd_compress zstd_decompress; do
	modprobe -q $module	# or it is built in
done
insmod ./alternatives.ko sites="$PWD/sites" || exit
copies=$(cat $parameters/copies)
# Not those that pools of the unpatched kernel add, two each: to look there would take
# dentries and inodes. So their slabs count whole, and nobody else can use them indeed.
caches=$(echo /sys/kernel/slab/*/shrink)
echo 3 >/proc/sys/vm/drop_caches
# the first round is noisy; it is that of raw, which takes nothing here
while read -r name; do
	used
	objects_was=$objects slabs_was=$slabs
	echo "$name" >$parameters/make || exit
	used
	cat $parameters/report >report || exit
	slab=$(((objects - objects_was + copies / 2) / copies))
	case $name in raw*) ;; *)
		echo "@ alt.$name.bytes $((slab + $(sed -n 's/^pages //p' report)))"
		echo "@ alt.$name.slab $slab"
		echo "@ alt.$name.slabpages $(((slabs - slabs_was) / copies))" ;;
	esac
	sed "s/^/@ alt.$name./" report
	echo none >$parameters/make
done <$parameters/names
rmmod alternatives
