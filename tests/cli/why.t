  $ . "$CLI/helpers.sh"
  $ printf '.version 7.0\n.target sm_80\n.visible .entry add() { ret; }\n' >add.ptx
  $ "$PYTHON" -c '
  > import struct, sys
  > for name, machine in (("cubin", 190), ("hsaco", 224)):
  >     open("add." + name, "wb").write(b"\x7fELF\2\1\1" + bytes(11) + struct.pack("<H", machine) + bytes(236))
  > open("add.spv", "wb").write(struct.pack("<5I", 0x07230203, 0x00010200, 0, 1, 0))'
  $ halctl bundle add k.halb add.cubin --format cubin --target sm_90 --requires 'memory>=40GiB' --kernel add
  $ halctl bundle add k.halb add.ptx --format ptx --target sm_80 --kernel add
  $ halctl bundle add k.halb add.hsaco --format hsaco --target gfx942 --requires 'f16' --kernel add
  $ halctl bundle add k.halb add.hsaco --format hsaco --target gfx11-generic --kernel add
  $ halctl bundle add k.halb add.spv --format spirv --target spirv1.2 --requires 'f64' --kernel add

What would happen on another machine: a server with eight H100.

  $ machine dgx
  $ halctl --machine dgx why k.halb add --device cuda:7
  KERNEL  DEVICE  FORMAT  TARGET         RANK    WHY NOT
  add     cuda:7  cubin   sm_90          1
  add     cuda:7  ptx     sm_80          2
  add     cuda:7  hsaco   gfx942         format  cuda:7 takes ptx, cubin, fatbin, not hsaco.
  add     cuda:7  hsaco   gfx11-generic  format  cuda:7 takes ptx, cubin, fatbin, not hsaco.
  add     cuda:7  spirv   spirv1.2       format  cuda:7 takes ptx, cubin, fatbin, not spirv.
  
  Assumed: this machine is recorded, and no driver described its devices. What each takes is from the
  table of models; drivers, libraries and free memory are taken to be there.
  $ halctl --machine dgx why k.halb --json | "$PYTHON" -c '
  > import json, sys
  > pairs = json.load(sys.stdin)["kernels"][0]["pairs"]
  > print(len(pairs), all(p["assumed"] for p in pairs), sorted(p["rank"] for p in pairs if "rank" in p) == list(range(1, 17)))'
  40 True True
  $ halctl --machine dgx why k.halb --device 1b:00.0 --json | value kernels.0.pairs.0.device
  cuda:0

One of each: an MI300X, an RX 7900, an Arc, a Data Center GPU Max, an A100, and one that nobody knows.

  $ cat >lspci <<'END'
  > 01:00.0 Processing accelerators [1200]: Advanced Micro Devices, Inc. [AMD/ATI] Device [1002:74a1]
  > 02:00.0 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] Device [1002:744c] (rev c8)
  > 03:00.0 VGA compatible controller [0300]: Intel Corporation Device [8086:56a0] (rev 08)
  > 04:00.0 Display controller [0380]: Intel Corporation Device [8086:0bd5] (rev 2f)
  > 05:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:20b2] (rev a1)
  > 06:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:ffff] (rev a1)
  > END
  $ halctl --machine lspci why k.halb add --json | "$PYTHON" -c '
  > import json, sys
  > document = json.load(sys.stdin)
  > for pair in document["kernels"][0]["pairs"]:
  >     if pair.get("rejected", {}).get("rule") != "format":
  >         print(pair["device"], pair["target"], pair.get("rank") or pair["rejected"]["rule"])
  > print([(one["index"], one["device_id"]) for one in document["unknown"]])'
  hip:0 gfx942 1
  hip:0 gfx11-generic target
  hip:1 gfx942 target
  hip:1 gfx11-generic 2
  level_zero:0 spirv1.2 requirement
  level_zero:1 spirv1.2 3
  cuda:0 sm_90 target
  cuda:0 sm_80 4
  [(5, 'ffff')]
  $ halctl --machine lspci why k.halb add --device 5 | sed 's/Unknown: .* at/Unknown: NAME at/'
  Unknown: NAME at 0000:06:00.0 (10de:ffff) is in no table of models; nothing can be said.
  $ halctl --machine lspci list --json | value devices.1.assumed
  {"plugin": "hip", "module_formats": ["hsaco"], "targets": ["gfx1100"], "data_types": ["f64", "f32", "f16", "bf16", "i64", "i32", "i16", "i8"]}
  $ halctl --machine lspci list --json | value devices.4.assumed.memory
  80000000000
  $ halctl --machine lspci list --json | value devices.5.assumed 2>/dev/null
  [1]
  $ machine none && halctl --machine none why k.halb
  No device of this machine can be used; `halctl list` tells why.
