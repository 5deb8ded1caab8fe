#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two descriptors of a module have no site. They match queries by module, print
# without prefix, and do not affect other callsites.

. ./lib.sh

# said: make the module print; its messages
said()
{
	dmesg -c >/dev/null
	echo 1 >/sys/module/byhand/parameters/say
	dmesg | sed -n 's/^\[[^]]*\] *\(.*byhand: \)/\1/p'
}

# neighbour: the section of the module that is nearest to its sites
neighbour()
(
	cd /sys/module/byhand/sections || exit
	sites=$(cat .init.dyndbg_sites) least=
	for section in * .[!.]*; do
		[ "$section" != .init.dyndbg_sites ] || continue
		distance=$(($(cat "$section") - sites))
		distance=${distance#-}
		[ -z "$least" ] || [ "$distance" -lt "$least" ] || continue
		least=$distance name=$section
	done
	echo "$name"
)

dmesg -c >/dev/null
insmod ./byhand.ko
check "a warning counts them" test \
	"$(dmesg | grep -c 'dyndbg: byhand: 2 of 5 debug prints have no site data$')" = 1
check "they are listed without a place" test \
	"$(grep -c '^<no-site>:0 \[byhand\]<no-site> =_ "<no-site>"$' $control)" = 2
check "the others with theirs" test \
	"$(grep -cE 'byhand\.c:[0-9]+ \[byhand\](before|by_hand|after) =_ "byhand: (before|between|after).n"$' $control)" = 3
neighbour >/tmp/neighbour
check "its sites are in init memory, next to its symbols" grep -qx '\.symtab\|\.init.*' /tmp/neighbour
echo 'module byhand func * +p' >$control
check "a query by function leaves them alone" test "$(grep -c '\[byhand\].* =p ' $control)" = 3
echo 'module byhand =_; module byhand file * +p' >$control
check "and one by file" test "$(grep -c '\[byhand\].* =p ' $control)" = 3
echo 'module byhand format no-site +p' >$control
check "and one by format" test "$(grep -c '\[byhand\].* =p ' $control)" = 3
echo 'module byhand +pmf' >$control
said >/tmp/said
cat >/tmp/want <<END
byhand:before: byhand: before
byhand: one
byhand:by_hand: byhand: between
byhand: two
byhand:after: byhand: after
END
check "a query by module switches them, prefixes are right" cmp /tmp/want /tmp/said
echo 'module byhand =pmft' >$control
said >/tmp/said
check "without site, there is no thread in front either" test "$(grep -c '^byhand: one$\|^byhand: two$' /tmp/said)" = 2
echo 'module byhand =_' >$control
said >/tmp/said
# nothing guards a descriptor defined by hand: it prints whether or not it is on
check "off is off" test "$(grep -cv 'byhand: one\|byhand: two' /tmp/said)" = 0
rmmod byhand
check "and all are gone" test "$(grep -c '\[byhand\]' $control)" = 0
finish byhand
