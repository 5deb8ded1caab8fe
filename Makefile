# SPDX-License-Identifier: GPL-2.0
# Thin wrapper around scripts/. "make help" lists the targets.

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:

CONFIG ?= lean
SERIES ?= all
export BASE CHECK CONFIG SERIES SCRIPT FILES APPEND LINUX TIMEOUT MEM CPUS KVM MODULES VMLINUX QEMU_ARGS SEED STEPS STREAM FAULT MINUTES RUNS QUICK DEBIAN ARCHES

targets := help run estimate test bench shell guest kernel tree export drift diff-test fuzz config-test arch-test bisect-test dump-test klp-test mutants soak fuzz-guest zram-test kcsan-test clean
settings := BASE CHECK CONFIG SERIES SCRIPT FILES APPEND LINUX TIMEOUT MEM CPUS KVM MODULES VMLINUX QEMU_ARGS SEED STEPS STREAM FAULT MINUTES RUNS QUICK DEBIAN ARCHES JOBS

# A mistyped variable or target must not be ignored.
given := $(foreach v,$(.VARIABLES),$(if $(filter command%,$(origin $(v))),$(v)))
unknown := $(filter-out $(settings) MAKEFLAGS MAKEOVERRIDES -*-%,$(given))
ifneq ($(unknown),)
$(error unknown variable $(unknown): known are $(settings))
endif
.PHONY: $(targets)

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
	@echo
	@echo 'Settings: CONFIG=$(subst $() ,|,$(basename $(notdir $(wildcard configs/*.config)))) SERIES=all|none|N LINUX=dir'
	@echo '          BASE=$(subst $() ,|,$(patsubst patches/%/base,%,$(wildcard patches/*/base)))'
	@echo '          JOBS=n TIMEOUT=seconds MEM=size CPUS=n KVM=1 MODULES="path/x.ko ..." QEMU_ARGS="..."'

run: ## build both kernels, boot them, show dynamic debug at work, compare memory
	@scripts/run

estimate: ## the saving for the running kernel, or for VMLINUX=file and MODULES=dir (x86-64); compiles no kernel
	@scripts/estimate

test: ## everything that CI checks
	@scripts/test

bench: ## measure memory and instructions, write docs/results.md. QUICK=1: lean only, docs/ stay. DEBIAN=1: Debian's configuration, too. ARCHES=1: small kernels, other architectures. RUNS=3: boots for memory
	@scripts/bench

shell: ## a shell inside the booted kernel
	@scripts/guest --shell

guest: ## boot the kernel and run SCRIPT=file in it, with FILES=dir and APPEND="boot parameters"
	@$(if $(SCRIPT),,echo >&2 'error: no SCRIPT: run make guest SCRIPT=file'; exit 2;) scripts/guest "$$SCRIPT"

kernel: ## build a kernel; the last line printed is the object directory
	@scripts/kernel "$$CONFIG" "$$SERIES" "$$LINUX" "$$MODULES"

tree: ## a git tree of the base with the series as commits, in build/tree
	@scripts/tree

export: ## write the commits of build/tree back to patches/
	@scripts/export

drift: ## for each base, the newest release in Debian's archives, and whether the series applies to it
	@scripts/source drift

diff-test: ## STEPS=6000 random queries, the same (SEED=n) for the kernels with and without the series
	@scripts/diff-test

fuzz: ## fuzz the codec under sanitizers: RUNS=10000000 mutated blocks for the decoder, and round trips
	@tests/codec.sh runs "$${RUNS:-10000000}"

config-test: ## build, boot and test other configurations (slow)
	@tests/kconfig.sh
	@scripts/matrix lean nojump slab nozs nomodules nodebugfs core up rt lto small

arch-test: ## build, boot and test other architectures (slow)
	@scripts/matrix i386 arm arm-small arm64 arm64-16k arm64-64k s390x riscv64 ppc64le

soak: ## MINUTES=10 of module loads, queries, messages, memory pressure and CPU hotplug in a debug kernel, CPUs in parallel
	@scripts/soak

fuzz-guest: ## MINUTES=15 of random operations on everything from several processes, in each of two debug kernels; SEED=n
	@scripts/fuzz-guest

zram-test: ## zram and zswap on zsmalloc: the same writes on the kernel with and without the series (slow)
	@scripts/zram-test

kcsan-test: ## data races in dynamic debug and zsmalloc, found by KCSAN; those of others are listed (slow)
	@tests/guest.sh kcsan
	@CONFIG=kcsan SERIES=all scripts/selftest

bisect-test: ## build, boot and test every prefix of the series; CHECK=file: sparse, 0.6.5-rc1 or newer for 7.3 (slow)
	@scripts/bisect-test

dump-test: ## list callsites with drgn (from a dump) and gdb (in a stopped kernel), compare with control (slow)
	@scripts/dump-test

mutants: ## deliberate mistakes, one at a time: the test named for each must fail (slow)
	@scripts/mutants

klp-test: ## a livepatch made by the kernel's own klp-build: load it, use its callsites, remove it (slow)
	@scripts/klp-test

clean: ## remove build/ (downloads stay in the cache directory)
	@scripts/clean

%:
	@echo >&2 "error: unknown target '$@': 'make help' lists them"; exit 2
