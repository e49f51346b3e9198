  $ . "$CLI/helpers.sh"
  $ "${HAL_CLANG:-clang-22}" --version >found 2>&1 || { echo "skipped: there is no clang 22" >&2; exit 80; }
  $ rm found

One source becomes one bundle.

  $ cat >k.cl <<'END'
  > kernel void scale(uint n, float a, global const float *x, global float *y) {
  >   size_t i = get_global_id(0);
  >   if (i < n) y[i] = a * exp(x[i]);
  > }
  > kernel __attribute__((reqd_work_group_size(8, 4, 1))) void turn(global int *data, local int *room) {
  >   local int fixed[32];
  >   size_t at = get_local_id(1) * 8 + get_local_id(0);
  >   fixed[at] = room[at] = data[at];
  >   barrier(CLK_LOCAL_MEM_FENCE);
  >   data[31 - at] = fixed[at] + OFFSET;
  > }
  > END
  $ targets="sm_80,gfx942,spirv,x86-64-v3,aarch64,riscv64,opencl-c"
  $ halctl compile k.cl -o k.halb -DOFFSET=1 --target "$targets"
  $ halctl bundle verify k.halb
  k.halb: 7 images and 2 kernels are sound.
  $ halctl bundle show k.halb | sed 's/ *[0-9.]* [KM]*i*B$//' | tr -s ' '
  IMAGE FORMAT TARGET SIZE
   0 ptx sm_80
   1 hsaco gfx942
   2 spirv spirv1.2
   3 elf x86-64-v3
   4 elf aarch64
   5 elf riscv64
   6 opencl-c
  
  KERNEL IMAGES BLOCK PARAMETERS
  scale 0 1 2 3 4 5 6 4 B n, 4 B a, memory x, memory y
  turn 0 1 2 3 4 5 6 8x4x1 memory data, shared room
  $ halctl bundle show k.halb --json | value kernels.0.parameters.2
  {"name": "x", "kind": "memory", "size": 8, "alignment": 8, "space": "global", "access": "read"}
  $ halctl bundle show k.halb --json | value kernels.1.parameters.1
  {"name": "room", "kind": "shared", "size": 0, "alignment": 4, "space": "local", "access": "read_write"}
  $ halctl bundle show k.halb --json | value kernels.1.variants.0
  {"image": 0, "static_shared_memory": 128}
  $ halctl bundle extract k.halb 6 -o source && grep -c OFFSET source
  0
  [1]
  $ halctl why k.halb scale --device host:0 $only_host | grep -c x86-64-v3
  1

The same again has the same bytes, wherever it stands.

  $ mkdir other && cp k.cl other/ && (cd other && halctl compile k.cl -o again.halb -DOFFSET=1 --target "$targets" -j 1) && cmp k.halb other/again.halb

What is wrong is told by the compiler, for each target, and nothing is written.

  $ halctl compile k.cl -o none.halb --target sm_80
  k.cl:
  k.cl:10:31: error: use of undeclared identifier 'OFFSET'
     10 |   data[31 - at] = fixed[at] + OFFSET;
        |                               ^~~~~~
  1 error generated.
  halctl: Not compiled: k.cl; nothing was written.
  [1]
  $ cat >t.cl <<'END'
  > int elsewhere(int);
  > kernel void calls(global int *p) { *p = elsewhere(*p); }
  > END
  $ halctl compile t.cl -o none.halb --target sm_80,spirv,opencl-c
  t.cl for sm_80:
  nothing defines elsewhere for this target.
  t.cl for spirv1.2:
  nothing defines elsewhere for this target.
  halctl: Not compiled: t.cl for sm_80, t.cl for spirv1.2; nothing was written.
  [1]
  $ halctl compile t.cl -o none.halb --target gfx942 2>&1 | grep -o 'undefined.*'
  undefined hidden symbol: elsewhere
  $ halctl compile t.cl -o none.halb --target x86-64 2>&1 | grep -o 'undefined.*'
  undefined symbol: elsewhere
  $ test -e none.halb
  [1]
  $ halctl compile t.cl -o some.halb --target sm_80,opencl-c --keep-going
  t.cl for sm_80:
  nothing defines elsewhere for this target.
  halctl: Not compiled: t.cl for sm_80; the other 1 images are in some.halb.
  [1]
  $ halctl bundle verify some.halb
  some.halb: 1 images and 1 kernels are sound.

C++ for OpenCL.

  $ cat >c.clcpp <<'END'
  > template <typename T> T twice(T x) { return x + x; }
  > namespace shop { struct price { float amount; int count; }; }
  > kernel void total(global float *out, shop::price given) {
  >   out[get_global_id(0)] = twice(given.amount) * given.count;
  > }
  > END
  $ halctl compile c.clcpp -o c.halb --target spirv,x86-64 && halctl bundle show c.halb | tail -1 | tr -s ' '
  total 0 1 memory out, 8 B given

What cannot be.

  $ halctl compile k.txt -o none.halb
  k.txt:
  'k.txt' is no source of kernels: OpenCL C ends with .cl, C++ for OpenCL with .clcpp.
  halctl: Not compiled: k.txt; nothing was written.
  [1]
  $ halctl compile k.cl -o none.halb --target sm_81 2>&1 | cut -d';' -f1
  halctl: 'sm_81' is no target to compile for
  $ HAL_CLANG=/bin/true halctl compile k.cl -o none.halb
  halctl: HAL_CLANG names '/bin/true', which is no clang.
  [3]

An end that comes early: nothing is left, neither files nor compilers.

  $ cat >slow-clang <<'WORDS'
  > #!/bin/sh
  > case "$*" in *k.cl*) touch begun; sleep 0.5 ;; esac
  > exec "$REAL_CLANG" "$@"
  > WORDS
  $ chmod +x slow-clang && mkdir temporary
  $ export REAL_CLANG="${HAL_CLANG:-clang-22}"
  $ for signal in TERM INT; do
  >   rm -f begun
  >   TMPDIR="$PWD/temporary" HAL_CLANG="$PWD/slow-clang" env --default-signal=INT halctl compile k.cl -o none.halb -j 1 2>said & halctl=$!
  >   while ! test -e begun; do sleep 0.05; done
  >   kill -$signal $halctl; wait $halctl
  >   echo "$signal: $?"; cat said
  > done
  TERM: 143
  halctl: The compilation was ended; nothing was written.
  INT: 130
  halctl: The compilation was interrupted; nothing was written.
  $ ls temporary; grep -l 'slow[-]clang' /proc/[0-9]*/cmdline 2>/dev/null; test -e none.halb
  [1]
