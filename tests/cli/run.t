  $ . "$CLI/helpers.sh"
  $ kernels="$HAL_BUILD/tests/conformance/conformance-kernels.so"
  $ halctl bundle add k.halb "$kernels" --format elf --kernel vector_add --kernel count --kernel block_sum --kernel block_sum_argument --kernel mixed_arguments --kernel required_block --kernel spin --kernel fill_index --kernel fail_block
  $ npy() { "$PYTHON" -c '
  > import array, ast, struct, sys
  > data = open(sys.argv[1], "rb").read()
  > length = struct.unpack("<H", data[8:10])[0]
  > header = ast.literal_eval(data[10:10 + length].decode())
  > code = {"<f4": "f", "<u4": "I", "|u1": "B"}[header["descr"]]
  > print(header["shape"], array.array(code, data[10 + length:]).tolist())' "$1"; }
  $ run() { halctl $only_host run "$@"; }
  $ sums() { run k.halb vector_add --items 5 --arg iota:f32:5 --arg iota:f32:5 --arg zeros:f32:5 --arg 5 "$@"; }

Times and the machine's name are the machine's.

  $ sums --block 4 --repeat 3 | sed -E '1s/:0: .*/:0/; s/[0-9.]+ ([num]?s|.?B\/s)/TIME/g; s/by the (device|host)/by the X/; s/ +/ /g'
  vector_add on host:0
   variant elf
   launch 2 x 1 x 1 blocks of 4 x 1 x 1 items
   argument 0 (left) memory: 5 of f32, 20 B
   argument 1 (right) memory: 5 of f32, 20 B
   argument 2 (sum) memory: 5 of f32, 20 B
   argument 3 (count) u32: 5
   time TIME, median of 3 by the X's clock
   from TIME to TIME, the first TIME
   bandwidth TIME when each byte is touched once

By name, by number, and the results as files, which replace older ones.

  $ sums --output sum=sum.npy >/dev/null && npy sum.npy
  (5,) [0.0, 2.0, 4.0, 6.0, 8.0]
  $ run k.halb vector_add --items 6 --arg count=6 --arg 1=npy:f32:3x2:three.npy --arg zeros:f32:6 --arg sum=zeros:f32:6 2>&1
  halctl: The file 'three.npy' cannot be opened: No such file or directory.
  [3]
  $ run k.halb vector_add --items 6 --arg count=6 --arg 1=iota:f32:3x2 --arg zeros:f32:6 --arg sum=zeros:f32:3x2 --output 2=sum.npy >/dev/null && npy sum.npy
  (3, 2) [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
  $ run k.halb vector_add --items 6 --arg npy:sum.npy --arg npy:f32:3x2:sum.npy --arg zeros:f32:6 --arg 6 --output sum=sum.npy >/dev/null && npy sum.npy
  (6,) [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]

What is written is of the first launch, however many there are.

  $ run k.halb count --grid 3 --block 2 --arg zeros:u32:1 --repeat 5 --output 0=count.npy >/dev/null && npy count.npy
  (1,) [6]

Shared memory, as an argument and as the launch's own; values of every width; a block that the kernel decides.

  $ run k.halb block_sum_argument --grid 2 --block 4 --arg iota:u32:8 --arg zeros:u32:2 --arg shared:u32:4 --output 1=sums.npy >/dev/null && npy sums.npy
  (2,) [6, 22]
  $ run k.halb block_sum --grid 2 --block 4 --shared 16B --arg iota:u32:8 --arg zeros:u32:2 --output 1=sums.npy >/dev/null && npy sums.npy
  (2,) [6, 22]
  $ run k.halb mixed_arguments --grid 1 --block 1 --arg 1 --arg 0x0203 --arg 4 --arg zeros:u8:99 --arg 5 --arg u32:6,7,8,9 --arg bytes:$(printf 'aa%.0s' $(seq 64)) --output 3=out.npy >/dev/null
  $ npy out.npy | cut -c 1-65
  (99,) [1, 3, 2, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 7
  $ run k.halb required_block --grid 2 | grep launch
    launch   2 x 1 x 1 blocks of 8 x 1 x 1 items
  $ run k.halb required_block --items 17 --json | value grid
  [3, 1, 1]

The same on a second device, and on one that is wrong.

  $ sums --verify host:0 --json | value verify.passed
  true
  $ sums --verify host:0 | grep -A 9 'verified on' | tail -n +2
    argument 0 (left)   the same
    argument 1 (right)  the same
    argument 2 (sum)    the same
  $ manifest wrong '{"any": true}' conformance-mutant.so
  $ cp "$HAL_BUILD/tests/conformance/mutant/conformance-mutant.so" wrong/
  $ sed -i 's/"wrong"/"host"/' wrong/wrong.json && mv wrong/wrong.json wrong/host.json
  $ HAL_MUTANT_PLUGIN="$HAL_BUILD/plugins/host/hal-host.so" HAL_MUTANT_FAULT='a copy drops its last byte' halctl --plugin-path "$PWD/wrong" run k.halb fill_index --grid 2 --block 2 --arg zeros:u32:4 --verify host:0 | tail -1
    argument 0 (out)  the same

JSON.

  $ sums --json >json
  $ for path in schema kernel device variant.format grid block arguments.0.shape arguments.3 seconds.launches bytes outputs; do value $path <json; done
  1
  vector_add
  host:0
  elf
  [1, 1, 1]
  [5, 1, 1]
  [5]
  {"name": "count", "kind": "value", "type": "u32", "bytes": 4}
  1
  60
  []

Bad input: a sentence with the value, and nothing is written.

  $ rm *.npy
  $ run k.halb vector_ad --items 1
  halctl: The bundle holds no kernel 'vector_ad' (is 'vector_add' meant?).
  [3]
  $ run k.halb vector_add
  halctl: Either --grid, in blocks, or --items is needed.
  [2]
  $ run k.halb vector_add --items 5 --grid 1
  halctl: Either --grid, in blocks, or --items is needed.
  [2]
  $ run k.halb vector_add --grid 0
  halctl: --grid is '0'; every extent is at least 1.
  [2]
  $ run k.halb vector_add --grid 1,2,3,4
  halctl: --grid is '1,2,3,4'; it is one to three counts with commas between, each below 2^32.
  [2]
  $ run k.halb vector_add --grid 4294967296
  halctl: --grid is '4294967296'; it is one to three counts with commas between, each below 2^32.
  [2]
  $ run k.halb vector_add --grid 1 --repeat 0
  halctl: --repeat is 0; it is 1 to 1000000000.
  [2]
  $ sums --block 1,1,0
  halctl: --block is '1,1,0'; every extent is at least 1.
  [2]
  $ sums --block 1000000 2>&1 | sed -E 's/most [0-9]+/most N/'
  halctl: The block is 1000000 x 1 x 1; host:0 takes at most N in x.
  $ run k.halb required_block --grid 1 --block 4
  halctl: Kernel 'required_block' runs in blocks of 8 x 1 x 1 items only; --block is 4 x 1 x 1.
  [2]
  $ run k.halb vector_add --items 5 --arg iota:f32:5
  halctl: Kernel 'vector_add' takes 4 arguments; given are 1.
  [2]
  $ run k.halb vector_add --items 5 --arg 1 --arg iota:f32:5 --arg iota:f32:5 --arg 5
  halctl: Argument 0 (left) of kernel 'vector_add' is memory; '1' is a value.
  [2]
  $ sums --arg 6
  halctl: Kernel 'vector_add' takes 4 arguments; given are 5.
  [2]
  $ run k.halb vector_add --items 5 --arg iota:f32:5 --arg iota:f32:5 --arg zeros:f32:5 --arg u64:5
  halctl: Argument 3 (count) of kernel 'vector_add' has 4 bytes; 'u64:5' has 8.
  [2]
  $ run k.halb vector_add --items 5 --arg iota:f32:5 --arg iota:f32:5 --arg zeros:f32:5 --arg cuont=5
  halctl: Kernel 'vector_add' has no parameter 'cuont' (is 'count' meant?); it has left, right, sum, count.
  [2]
  $ run k.halb count --grid 1 --arg zeros:float:1
  halctl: The argument 'zeros:float:1' has the type 'float'; known are i8, u8, i16, u16, i32, u32, i64, u64, f16, bf16, f32, f64.
  [2]
  $ run k.halb count --grid 1 --arg zeros:u8:1000000000000000 2>&1 | sed -E 's/has .*/has/'
  halctl: 'zeros:u8:1000000000000000' takes 909 TiB (1000000000000000 B); host:0 has
  $ run k.halb count --grid 1 --block 1 --shared 1TiB --arg zeros:u32:1 2>&1 | sed -E 's/most .*/most/'
  halctl: Each block is to have 1.00 TiB (1099511627776 B) of shared memory; host:0 gives at most
  $ sums --output total=x.npy
  halctl: Kernel 'vector_add' has no parameter 'total'; it has left, right, sum, count.
  [2]
  $ sums --output count=x.npy
  halctl: Argument 3 (count) cannot go to 'x.npy': it is no memory.
  [2]
  $ sums --output x.npy
  halctl: --output is 'x.npy'; it is NAME=FILE with a parameter's name or number.
  [2]
  $ sums --output sum=none/x.npy
  halctl: The file 'none/x.npy' cannot be written: No such file or directory.
  [4]
  $ sums --tolerance much
  halctl: --tolerance is 'much'; it is [TYPE=]RELATIVE[,ABSOLUTE], both finite and not below 0.
  [2]
  $ sums --device host:7 2>&1 | cut -d ';' -f 1
  halctl: There is no device 'host:7'
  $ sums --verify nothing:0 >/dev/null 2>&1
  [3]
  $ printf 'no array' >bad.npy && run k.halb count --grid 1 --arg npy:bad.npy
  halctl: 'bad.npy' cannot be read: it does not begin as .npy files do.
  [2]
  $ printf "\223NUMPY\1\0\77\0{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}       \n1234" >bad.npy && run k.halb count --grid 1 --arg npy:bad.npy
  halctl: 'bad.npy' cannot be read: its elements ('>f4') are big-endian; they must be little-endian.
  [2]
  $ printf "\223NUMPY\1\0\77\0{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}       \n1234" >bad.npy && run k.halb count --grid 1 --arg npy:bad.npy
  halctl: 'bad.npy' cannot be read: it has 4 bytes of elements; 2 of f32 take 8.
  [2]
  $ printf "\223NUMPY\1\0\77\0{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}       \n1234" >bad.npy && run k.halb count --grid 1 --arg npy:u32:bad.npy
  halctl: 'bad.npy' holds 1 of f32; any number of u32 was said.
  [2]
  $ run k.halb fail_block --grid 2 --block 1 --arg 1 >/dev/null 2>&1
  [1]
  $ ls
  bad.npy
  json
  k.halb
  wrong

A kernel that runs long ends with the signal, and leaves nothing; Ctrl-C and SIGTERM.

  $ ended_by() { "$PYTHON" -c '
  > import signal, subprocess, sys, time
  > which = getattr(signal, sys.argv[1])
  > ran = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
  > caught = lambda: int(open(f"/proc/{ran.pid}/status").read().split("SigCgt:")[1].split()[0], 16) >> (which - 1) & 1
  > while ran.poll() is None and not caught(): time.sleep(0.05)
  > time.sleep(1)
  > ran.send_signal(which)
  > out, err = ran.communicate()
  > print(ran.returncode, out, err, end="")' "$@"; }
  $ ended_by SIGINT halctl $only_host run k.halb spin --grid 1 --block 1 --arg 60000000 --arg zeros:u32:1 --arg 7 --output 1=spun.npy
  130  halctl: The run was interrupted; nothing was written.
  $ ended_by SIGTERM halctl $only_host run k.halb spin --grid 1 --block 1 --arg 60000000 --arg zeros:u32:1 --arg 7 --output 1=spun.npy
  143  halctl: The run was ended; nothing was written.
  $ ls
  bad.npy
  json
  k.halb
  wrong
  $ on_terminal 80 halctl $only_host run k.halb spin --grid 1 --block 1 --arg 500000 --arg zeros:u32:1 --arg 7 | grep -c 'launch 1 of 1, [0-9.]* s'
  1
