  $ . "$CLI/helpers.sh"
  $ over_stand_in level_zero
  $ export ZE_ENABLE_ALT_DRIVERS="$HAL_BUILD/tests/sim/level_zero/libze_sim.so" ZES_ENABLE_SYSMAN=1

Everything is measured, over a stand-in for a driver below Level Zero's own loader.

  $ bench level_zero:0 --quick | measured
  level_zero:0: Intel Stand-in 0
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
  $ bench level_zero:1 --quick --json | outcomes
  25 ok

A card of two tiles, of which each is a device; an NPU takes no kernels.

  $ export HAL_SIM_LEVEL_ZERO='{"api": "1.9", "devices": [{"tiles": 2}, {"type": 5, "spirv": "0.0"}]}'
  $ for device in 0 1 2; do bench level_zero:$device --quick --json | outcomes; done
  25 ok
  25 ok
  25 ok
  $ bench level_zero:3 --quick | not_measured
   launch skipped
   launch and synchronize skipped
   graph of 100 launches skipped
   launch; launch and synchronize; graph of 100 launches: the device has no kernels

A driver of specification 1.0 without all that is optional, with little memory: what is freed in stream order is there again.

  $ export HAL_SIM_LEVEL_ZERO='{"api": "1.0", "relaxed": false, "import_host": false, "devices": [{"memory": 16777216, "copy_engine": false, "shared": false, "timestamp_bits": 0}]}'
  $ ZES_ENABLE_SYSMAN=0 bench level_zero:0 --quick --json | outcomes
  25 ok
