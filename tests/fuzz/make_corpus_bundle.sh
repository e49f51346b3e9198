#!/bin/sh
# Makes tests/fuzz/corpus_bundle anew: make_corpus_bundle.sh HALCTL FOLDER
# Small bundles of every kind. The first byte of each file is for the target: 0 leaves the checksums alone, 1 has them made right.
set -eu
halctl=$1
folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '.version 7.0\n.target sm_80\n.visible .entry add() { ret; }\n' >ptx
printf 'kernel void add(global float *x) { x[get_global_id(0)] += 1; }\n' >cl
printf '\003\002\043\007\000\002\001\000\000\000\000\000\001\000\000\000\000\000\000\000' >spv
{ printf '\177ELF\002\001\001'; head -c 11 /dev/zero; printf '\276\000'; head -c 100 /dev/zero; } >cubin
"$halctl" bundle add one.halb ptx --format ptx --target sm_80 --kernel add
"$halctl" bundle add packed.halb cubin --format cubin --target sm_90 --requires 'memory>=1GiB,f16' --zstd --kernel add --kernel sub=add
"$halctl" bundle add many.halb ptx --format ptx --target sm_80 --kernel add --kernel mul
"$halctl" bundle add many.halb spv --format spirv --target spirv1.2 --requires 'vendor==intel' --kernel add
"$halctl" bundle add many.halb cl --format opencl-c --kernel add
mkdir -p "$folder"
for name in one packed many; do
  { printf '\000'; cat "$name.halb"; } >"$folder/$name.raw"
  { printf '\001'; cat "$name.halb"; } >"$folder/$name.sealed"
done
