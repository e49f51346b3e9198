  $ . "$CLI/helpers.sh"
  $ over_stand_in cuda
  $ export LD_LIBRARY_PATH="$HAL_BUILD/tests/sim/cuda"

Everything is measured, over a stand-in for NVIDIA's driver.

  $ bench cuda:0 --quick | measured
  cuda:0: NVIDIA Stand-in 0
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
  $ bench cuda:1 --quick --json | outcomes
  25 ok

An old driver has no pools.

  $ HAL_SIM_CUDA='{"driver": 11000, "devices": [{"capability": 70, "attributes": {"115": 0}}]}' bench cuda:0 --quick | not_measured
   allocate and free in stream order, 1.00 MiB skipped
   allocate and free in stream order, 1.00 MiB: the device has no stream_allocation

A device that has failed is not measured any further.

  $ HAL_SIM_CUDA='{"faults": [{"entry": "cuLaunchKernel", "call": 3, "result": 719}]}' bench cuda:0 --quick | sed 1,2d | measured
   launch failed
   launch: cuLaunchKernel of nothing on NVIDIA Stand-in 0 (0000:17:00.0) failed:
   CUDA_ERROR_LAUNCH_FAILED (719): told by the stand-in.
