  $ . "$CLI/helpers.sh"
  $ over_stand_in opencl
  $ export LD_LIBRARY_PATH="$HAL_BUILD/tests/sim/opencl" POCL_CACHE_DIR="$PWD/pocl" OCL_ICD_VENDORS="$PWD/vendors"
  $ mkdir vendors; cp /etc/OpenCL/vendors/pocl*.icd vendors/

Everything is measured, by PoCL below a stand-in.

  $ bench opencl:0 --quick | sed '1s/:.*//' | measured
  opencl
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

With unified shared memory, and with buffers alone, which the host cannot share.

  $ HAL_SIM_OPENCL='{"usm": true}' bench opencl:0 --quick --json | outcomes
  25 ok
  $ HAL_SIM_OPENCL='{"svm": false}' bench opencl:0 --quick --json | outcomes
  19 ok
  6 skipped
  $ HAL_SIM_OPENCL='{"version": 120}' bench opencl:0 --quick | not_measured
   copy to the device, pinned, 4.00 KiB skipped
   copy to the host, pinned, 4.00 KiB skipped
   copy to the device, pinned, 64.0 KiB skipped
   copy to the host, pinned, 64.0 KiB skipped
   copy to the device, pinned, 1.00 MiB skipped
   copy to the host, pinned, 1.00 MiB skipped
   copy to the device, pinned, 4.00 KiB; copy to the host, pinned, 4.00 KiB; copy to the device,
   pinned, 64.0 KiB; copy to the host, pinned, 64.0 KiB; copy to the device, pinned, 1.00 MiB;
   copy to the host, pinned, 1.00 MiB: the device has no host_memory

A device that is lost is not measured any further.

  $ HAL_SIM_OPENCL='{"faults": [{"entry": "clEnqueueFillBuffer", "call": 2, "result": -36}]}' bench opencl:0 --quick | measured | tail -n +10 | paste -sd' ' | tr -s ' ' | sed 's/ on .* failed:/ on DEVICE failed:/'
   copy to the device, pinned, 4.00 KiB TIME TIME TIME RATE copy to the device, pageable, 4.00 KiB failed copy to the device, pageable, 4.00 KiB: A fill of 4096 bytes on DEVICE failed: CL_INVALID_COMMAND_QUEUE (-36).
