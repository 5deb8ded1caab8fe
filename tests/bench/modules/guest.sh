#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What modules.sh does in the guest: load and remove each module that the file
# modules names.

memory=/sys/kernel/debug/dynamic_debug/memory

# figures NAME: of a module that is there
figures()
{
	for size in coresize initsize; do
		echo "@ mod.$1.$size $(cat "/sys/module/$1/$size")"
	done
	echo "@ mod.$1.sites $(grep -c " \[$1\]" /proc/dynamic_debug/control)"
	[ ! -e $memory ] || awk -v name="$1" '$1 == name {
		print "@ mod." name ".packed", $3
		print "@ mod." name ".blocks", $5
		print "@ mod." name ".store", $7 }' $memory
}

insmod ./coming.ko || exit
sleep 1	# its init memory is freed after a grace period, as that of the others
while read -r name; do
	dmesg -c >/dev/null
	if [ -e "$name.ko" ]; then
		insmod "./$name.ko"
	else
		modprobe "$name"
	fi 2>error
	if [ ! -e "/sys/module/$name" ]; then
		echo "$name was not loaded: $(cat error) $(dmesg | sed -n 's/.*: Unknown symbol/without/p' | paste -sd' ')"
		exit 1
	fi
	sleep 1
	dmesg | sed -n 's/.*coming: //p' >came
	while read -r module core init; do
		echo "@ mod.$module.core $core"
		echo "@ mod.$module.init $init"
		figures "$module"
	done <came
	[ -e "$name.ko" ] && rmmod "$name" || modprobe -r "$name"
done <modules
