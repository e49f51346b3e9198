  $ . "$CLI/helpers.sh"
  $ kernels="$HAL_BUILD/tests/conformance/conformance-kernels.so"

A bundle is made piece by piece, and shown.

  $ printf '.version 7.0\n.target sm_80\n.visible .entry add() { ret; }\n' >add.ptx
  $ halctl bundle add k.halb add.ptx --format ptx --target sm_80 --kernel vector_add=add
  $ halctl bundle add k.halb "$kernels" --format elf --requires 'type==cpu' --zstd --kernel vector_add --kernel count
  $ halctl bundle show k.halb | tr -s ' ' | sed 's/ [0-9.]* KiB [0-9.]* KiB/ SIZES/'
  IMAGE FORMAT TARGET SIZE STORED REQUIRES
   0 ptx sm_80 58 B
   1 elf SIZES type==cpu
  
  KERNEL IMAGES PARAMETERS
  count 1 not known
  vector_add 0 1 not known
  $ halctl bundle show k.halb --json | value kernels.1.variants
  [{"image": 0, "entry": "add"}, {"image": 1}]
  $ halctl bundle show k.halb --json | value images.1.requires.0
  type==cpu
  $ halctl bundle verify k.halb
  k.halb: 2 images and 2 kernels are sound.
  $ ls
  add.ptx
  k.halb

What went in comes out.

  $ halctl bundle extract k.halb 0 -o out && cmp out add.ptx
  $ halctl bundle extract k.halb 1 -o out && cmp out "$kernels"
  $ halctl bundle extract k.halb 2 -o none
  halctl: Image 2 of 2 was asked for.
  [1]
  $ test -e none
  [1]

Two become one, with the same bytes every time.

  $ halctl bundle add other.halb add.ptx --format ptx --target sm_90 --kernel add --kernel vector_add=add
  $ halctl bundle merge both.halb k.halb other.halb && halctl bundle merge again.halb k.halb other.halb
  $ cmp both.halb again.halb
  $ halctl bundle show both.halb | tail -3
  add         2       not known
  count       1       not known
  vector_add  0 1 2   not known

Why a kernel runs where it runs.

  $ halctl $only_host why both.halb vector_add
  KERNEL      DEVICE  FORMAT  TARGET  RANK    WHY NOT
  vector_add  host:0  ptx     sm_80   format  host:0 takes elf, native, not ptx.
  vector_add  host:0  elf             1
  vector_add  host:0  ptx     sm_90   format  host:0 takes elf, native, not ptx.
  $ halctl $only_host why both.halb count --device host:0 --json | value kernels.0.pairs.0.rank
  1
  $ halctl $only_host why both.halb --json | value kernels.0.pairs.0.rejected.rule
  format
  $ mkdir none && halctl --plugin-path "$PWD/none" why both.halb
  No device of this machine can be used; `halctl list` tells why.

Bad input.

  $ halctl bundle show nowhere.halb
  halctl: The file 'nowhere.halb' cannot be opened: No such file or directory.
  [3]
  $ halctl bundle show add.ptx
  halctl: 'add.ptx' is no bundle: it does not begin with a bundle's mark.
  [1]
  $ head -c 100 k.halb >cut.halb && halctl bundle show cut.halb 2>&1 | sed -E 's/[0-9]+/N/g'
  halctl: The bundle 'cut.halb' is damaged: it should have N bytes and has N.
  $ printf x | dd of=k.halb bs=1 seek=70 conv=notrunc 2>/dev/null && halctl bundle verify k.halb
  halctl: The bundle 'k.halb' is damaged: the description's checksum is wrong.
  [1]
  $ halctl bundle add new.halb add.ptx --format cubin --target sm_90 --kernel add
  halctl: The code for sm_90 cannot be added as cubin: it is no ELF file.
  [1]
  $ halctl bundle add new.halb add.ptx --format ptx --target sm_80 --requires 'memery>=1GiB' --kernel add 2>&1 | cut -d ' ' -f 1-7
  halctl: There is no capability named 'memery';
  $ halctl bundle add new.halb add.ptx --format ptx --target sm_80
  halctl: --kernel is required; `halctl bundle --help` tells more.
  [2]
  $ halctl bundle add new.halb add.ptx --format ptx --kernel add --kernel add
  halctl: Kernel 'add' has two variants in image 0.
  [2]
  $ test -e new.halb
  [1]
  $ halctl bundle add "$PWD/none/deep/x.halb" add.ptx --format ptx --kernel add 2>&1 | tidy
  halctl: The file 'HERE/none/deep/x.halb' cannot be written: No such file or directory.
  $ halctl why other.halb vector_ad
  halctl: The bundle holds no kernel 'vector_ad' (is 'vector_add' meant?).
  [3]
