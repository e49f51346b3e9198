  $ . "$CLI/helpers.sh"
  $ over_stand_in hip
  $ export LD_LIBRARY_PATH="$HAL_BUILD/tests/sim/hip/new"

Everything is measured, over a stand-in for AMD's runtime.

  $ bench hip:0 --quick | measured
  hip:0: AMD Stand-in 0
   median 10 % 90 % rate
   launch TIME TIME TIME
   launch and synchronize TIME TIME TIME
   graph of 100 launches TIME TIME TIME
   event recorded and awaited by a stream TIME TIME TIME
   event recorded and synchronized with TIME TIME TIME
   allocate and free, 1.00 MiB TIME TIME TIME
   allocate and free in stream order, 1.00 MiB TIME TIME TIME
   copy to the device, pinned, 4.00 KiB TIME TIME TIME RATE
   copy to the device, pageable, 4.00 KiB TIME TIME TIME RATE
   copy to the host, pinned, 4.00 KiB TIME TIME TIME RATE
   copy to the host, pageable, 4.00 KiB TIME TIME TIME RATE
   copy on the device, 4.00 KiB TIME TIME TIME RATE
   fill, 4.00 KiB TIME TIME TIME RATE
   copy to the device, pinned, 64.0 KiB TIME TIME TIME RATE
   copy to the device, pageable, 64.0 KiB TIME TIME TIME RATE
   copy to the host, pinned, 64.0 KiB TIME TIME TIME RATE
   copy to the host, pageable, 64.0 KiB TIME TIME TIME RATE
   copy on the device, 64.0 KiB TIME TIME TIME RATE
   fill, 64.0 KiB TIME TIME TIME RATE
   copy to the device, pinned, 1.00 MiB TIME TIME TIME RATE
   copy to the device, pageable, 1.00 MiB TIME TIME TIME RATE
   copy to the host, pinned, 1.00 MiB TIME TIME TIME RATE
   copy to the host, pageable, 1.00 MiB TIME TIME TIME RATE
   copy on the device, 1.00 MiB TIME TIME TIME RATE
   fill, 1.00 MiB TIME TIME TIME RATE
  $ bench hip:1 --quick --json | outcomes
  25 ok

A device with little memory has less to measure; it is enough for what is freed in stream order.

  $ HAL_SIM_HIP='{"devices": [{"memory": 4194304}]}' bench hip:0 --quick | not_measured
   copy to the device, pinned, 1.00 MiB skipped
   copy to the device, pageable, 1.00 MiB skipped
   copy to the host, pinned, 1.00 MiB skipped
   copy to the host, pageable, 1.00 MiB skipped
   copy on the device, 1.00 MiB skipped
   fill, 1.00 MiB skipped
   copy to the device, pinned, 1.00 MiB; copy to the device, pageable, 1.00 MiB; copy to the host,
   pinned, 1.00 MiB; copy to the host, pageable, 1.00 MiB; copy on the device, 1.00 MiB; fill,
   1.00 MiB: 1.00 MiB do not fit beside what else uses the device

HIP 5 of a device without pools.

  $ LD_LIBRARY_PATH="$HAL_BUILD/tests/sim/hip/old" HAL_SIM_HIP='{"hip": 5020}' bench hip:0 --quick | not_measured
   allocate and free in stream order, 1.00 MiB skipped
   allocate and free in stream order, 1.00 MiB: the device has no stream_allocation

A step that fails says why; the others go on.

  $ HAL_SIM_HIP='{"faults": [{"entry": "hipMemsetD32Async", "call": 2, "result": 1}]}' bench hip:0 --quick >table
  [1]
  $ not_measured <table
   fill, 4.00 KiB failed
   fill, 4.00 KiB: hipMemsetAsync of 4096 bytes on AMD Stand-in 0 (0000:c1:00.0) failed:
   hipErrorInvalidValue (1): told by the stand-in.
