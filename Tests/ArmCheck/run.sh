#!/bin/sh
# Compiles the kernels for arm64 and for this machine, runs the same driver on both, arm64 under qemu-user, and compares
# the hashes of every kernel's results. Prints a line per kernel and ends with 1 where any differ.
#
# usage: Tests/ArmCheck/run.sh        CLANG, QEMU: the programs to use; OPTIMISATION: -O2 by default
set -eu
cd "$(dirname "$0")/../.."
here=Tests/ArmCheck
clang=${CLANG:-clang}
qemu=${QEMU:-qemu-aarch64}
optimisation=${OPTIMISATION:--O2}
work=$(mktemp -d "${TMPDIR:-/tmp}/fastsim-arm.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

missing=""
command -v "$qemu" >/dev/null 2>&1 || missing="$missing qemu-user"
[ -e /usr/aarch64-linux-gnu/lib/libc.a ] || missing="$missing libc6-dev-arm64-cross"
ls /usr/lib/gcc-cross/aarch64-linux-gnu/*/libgcc.a >/dev/null 2>&1 || missing="$missing libgcc-12-dev-arm64-cross"
if ! command -v "$clang" >/dev/null 2>&1; then
  echo "the ARM check needs clang, which comes with Swift's toolchain: put it on the PATH or set CLANG" >&2
  exit 1
fi
if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "the ARM check needs$missing (Debian's names): install them and run it again" >&2
    exit 1
  fi
  [ "$(id -u)" = 0 ] && sudo="" || sudo=sudo
  echo "installing$missing"
  $sudo apt-get update -qq
  # shellcheck disable=SC2086
  $sudo apt-get install -y -qq $missing >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
fi

flags="-std=c17 $optimisation -Wall -Wextra -Werror -I Sources/Engine/CKernels/include -I Sources/Engine/CKernels -pthread"
sources="Sources/Engine/CKernels/*.c $here/*.c"
# shellcheck disable=SC2086
"$clang" --target=aarch64-linux-gnu $flags -static -fuse-ld=lld $sources -o "$work/arm64" &
# shellcheck disable=SC2086
"$clang" $flags $sources -o "$work/native"
wait $!
"$work/native" >"$work/native.txt"
"$qemu" "$work/arm64" >"$work/arm64.txt"
awk -f $here/compare.awk "$work/native.txt" "$work/arm64.txt"
