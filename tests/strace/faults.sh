#!/bin/sh
# SPDX-License-Identifier: ISC
# faults.sh [PROGRAM]: one system call after the other fails, or the program is
# killed there, in a test build that is otherwise unmodified.  A loop ends when
# the fault is no longer reached.  After each:
#
# * status 0 only if the work is done; after a failed sync never;
# * no crash; the vault opens with its passphrase, and check finds nothing;
# * the state is that before or that after; nothing is left lying about;
# * the same command again succeeds.
#
# By default each call has the faults that fit it.  TIME=1: every fault at
# every call, also from there on, and more commands (many minutes).
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
AMPARO=$(realpath "${1:-$HERE/../../build-test/amparo}") || exit 2
began=$(date +%s)
ran=0 failed=0 skipped=0 planted=0 caught=0 aborted=0 after=0 folder=0 threads=0

if ! command -v strace > /dev/null ||
    ! strace -o /dev/null -e inject=getpid:error=EIO true 2> /dev/null; then
	echo "skipped: faults: strace cannot inject faults here"
	echo "faults: 0 run, 0 failed, 1 skipped, 0 planted/0 caught, 0 seconds"
	exit 0
fi
WORK=$(mktemp -d /tmp/amparo-faults.XXXXXX) || exit 2
cd "$WORK" || exit 2
mkdir -m 700 run
end()
{
	XDG_RUNTIME_DIR=$WORK/run "$AMPARO" lock --all > /dev/null 2>&1
	cd /
	rm -rf "$WORK"
}
trap end EXIT
trap 'exit 130' INT TERM
export XDG_RUNTIME_DIR="$WORK/run" HOME="$WORK" LC_ALL=C.UTF-8
echo "dusk and dawn" > pass
echo "another one" > new
PLANT=

amparo()
{
	"$AMPARO" -v "$WORK/v" --yes --passphrase-file "$@"
}

amparo pass init > /dev/null || exit 2
mv v one
cp -r one v
amparo pass passphrase add x --new-passphrase-file new > /dev/null || exit 2
mv v two

# The command of this name, under strace with the options that are given.
command_of()
{
	case $1 in
	init | unlock | check) echo "$1" ;;
	add) echo "passphrase add x --new-passphrase-file new" ;;
	change) echo "passphrase change x --new-passphrase-file newer" ;;
	remove) echo "passphrase remove x" ;;
	esac
}
echo "the newer one" > newer

reset()
{
	rm -rf v v.unfinished
	case $1 in
	init) ;;
	change | remove) cp -r two v ;;
	*) cp -r one v ;;
	esac
}

bad()
{
	wrong="$wrong; $*"
}

opens()
{
	amparo "$1" check > oracle 2>&1
	got=$?
	[ $got = 0 ] && return 0
	[ $got = 12 ] || bad "check with $1: $got: $(head -1 oracle)"
	return 1
}

# Does what the command was to do hold now?
is_done()
{
	case $1 in
	init) [ -e v ] ;;
	add) opens new ;;
	change) opens newer && ! opens new ;;
	remove) ! opens new ;;
	unlock) "$AMPARO" -v "$WORK/v" info 2> /dev/null | grep -q "^.*unlocked," ;;
	check) true ;;
	esac
}

# The oracle, after the command $1 ended with status $2.
look()
{
	case $2 in
	0 | 1 | 2 | 1[0-9] | 2[01] | 127 | 137) ;;
	134)	# libsodium ends a program that gets no random numbers.
		[ "$call" = getrandom ] || bad aborted
		aborted=$((aborted + 1)) ;;
	139)	# libargon2 leaves its threads behind when one more cannot be
		# made, and they run into what is no longer there.
		if grep INJECTED trace | grep -q MAP_STACK; then
			threads=$((threads + 1))
		else
			bad "ended with $2"
		fi ;;
	*) bad "ended with $2" ;;
	esac
	if [ -e v ] || [ "$1" != init ]; then
		opens pass || bad "the passphrase is refused"
		# A journal of which nothing counts stays until the next write.
		case $2-$(ls v | tr '\n' ' ') in
		*-"cells.db keys " | 137-"cells.db cells.db-journal keys ") ;;
		*) bad "left: $(ls v | tr '\n' ' ')" ;;
		esac
	fi
	if is_done "$1"; then
		[ "$2" = 0 ] || after=$((after + 1))
	else
		[ "$2" != 0 ] || bad "status 0, and it is not done"
		# The same again.
		amparo pass $(command_of "$1") > oracle 2>&1 ||
		    bad "again: $?: $(head -1 oracle)"
		is_done "$1" || bad "not done by the second try"
		opens pass || bad "not sound after the second try"
	fi
	[ ! -e v.unfinished ] || bad "v.unfinished is left"
	case $call-$fault in
	*sync-error*)
		if [ "$2" != 0 ]; then
			:
		elif grep -q 'INJECTED' trace &&
		    ! grep INJECTED trace | grep -qv '/v\(.unfinished\)\?>'; then
			# SQLite syncs the folder of its journal, and does
			# not look whether that went well.
			folder=$((folder + 1))
		else
			bad "success after a failed sync"
		fi ;;
	esac
	[ "$1" != unlock ] || "$AMPARO" -v "$WORK/v" lock > /dev/null 2>&1
}

# How often call is made before main: not ours, and not counted.
first_of()
{
	awk -F'(' -v c="$call" '/prctl\(PR_SET_DUMPABLE|^setrlimit|RLIMIT_CORE/ { exit }
	    $1 == c { n++ } END { print n + 1 }' trace.all
}

# loop COMMAND CALL FAULT [+]: until the fault is no longer reached.
loop()
{
	command=$1 call=$2 fault=$3 more=${4:-}
	k=$(first_of)
	while :; do
		reset "$command"
		rm -f trace
		strace -qq -y -o trace -e trace="$call" -e signal=none \
		    -e inject="$call:$fault:when=$k$more" $PLANT \
		    "$AMPARO" -v "$WORK/v" --yes --passphrase-file pass \
		    $(command_of "$command") > out 2> err
		status=$?
		grep -q 'INJECTED\|killed by SIGKILL' trace || [ $status = 137 ] || break
		ran=$((ran + 1))
		wrong=
		look "$command" $status
		if [ -n "$wrong" ]; then
			failed=$((failed + 1))
			[ -n "$PLANT" ] ||
			    echo "FAILED: $command, $call $fault, number $k$more (status $status)$wrong"
			[ -z "$PLANT" ] || return 0
		fi
		k=$((k + 1))
	done
}

# All calls that a command makes, once without a fault.
survey()
{
	reset "$1"
	strace -qq -o trace.all "$AMPARO" -v "$WORK/v" --yes --passphrase-file pass \
	    $(command_of "$1") > /dev/null 2>&1
	"$AMPARO" -v "$WORK/v" lock > /dev/null 2>&1
}

faults_of()
{
	if [ -n "${TIME:-}" ]; then
		echo "error=EIO error=ENOSPC error=EINTR signal=KILL"
		return
	fi
	case $1 in
	pwrite64) echo "error=ENOSPC signal=KILL" ;;
	fsync | fdatasync | rename* | unlink*) echo "error=EIO signal=KILL" ;;
	ftruncate | mkdir*) echo "error=ENOSPC" ;;
	read | getrandom) echo "error=EINTR" ;;
	mmap) echo "error=ENOMEM" ;;
	*) echo "error=EIO" ;;
	esac
}

CALLS="openat read pread64 pwrite64 write fsync fdatasync ftruncate rename
    renameat renameat2 unlink unlinkat mkdir mkdirat getrandom mmap sendmsg
    recvmsg"

# By default init shows how files are made, add how they are changed, unlock
# the rest; what fails in the same way in all three is tried in one.
is_due()
{
	[ -z "${TIME:-}" ] || return 0
	case $1-$2 in
	init-pread64 | init-mmap | init-getrandom | init-openat | add-mmap | \
	    add-getrandom | unlock-pread64 | init-read | add-openat) return 1 ;;
	esac
}
for command in init add unlock ${TIME:+change remove check}; do
	survey "$command"
	before=$ran
	for call in $CALLS; do
		grep -q "^$call(" trace.all && is_due "$command" "$call" || continue
		for fault in $(faults_of "$call"); do
			loop "$command" "$call" "$fault"
			case ${TIME:+all}-$fault-$call in
			all-error=*) loop "$command" "$call" "$fault" + ;;
			-error=*sync | -error=ENOSPC-pwrite64)
				[ "$command" = unlock ] || loop "$command" "$call" "$fault" + ;;
			esac
		done
	done
	echo "$command: $((ran - before)) faults"
done
all=$ran all_failed=$failed
echo "$after times it was done and told as not done; $aborted times no random numbers"
echo "known: $threads times a thread of Argon2 that could not be made was a crash"
echo "known: $folder times a failed sync of the vault's folder, for the name of the" \
    "journal, was not told: SQLite ignores it"

# Planted: failures that the program is not told.
if cc -shared -fPIC -D_GNU_SOURCE -O1 -o plant.so "$HERE/../agent/plant.c" -ldl 2> /dev/null; then
	while read -r plant command call fault; do
		planted=$((planted + 1))
		PLANT="-E LD_PRELOAD=$WORK/plant.so -E AMPARO_PLANT=$plant"
		survey "$command"
		failed=0
		loop "$command" "$call" "$fault"
		if [ $failed -gt 0 ]; then
			caught=$((caught + 1))
		else
			echo "NOT CAUGHT: $plant in $command"
		fi
	done <<-P
		no-sync-error add fsync error=EIO
		no-sync-error add fdatasync error=EIO
		no-sync-error init fsync error=EIO
		no-write-error add pwrite64 error=ENOSPC
		no-write-error init pwrite64 error=ENOSPC
		no-sync-error init fdatasync error=EIO
	P
else
	echo "skipped: planted faults: plant.c cannot be compiled"
	skipped=$((skipped + 1))
fi
echo "faults: $all run, $all_failed failed, $skipped skipped," \
    "$planted planted/$caught caught, $(($(date +%s) - began)) seconds"
[ "$all_failed" = 0 ] && [ "$planted" = "$caught" ]
