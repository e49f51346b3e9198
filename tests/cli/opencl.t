OpenCL's drivers are registered by files in a folder. Those that do not work are told, and the others are listed.

  $ . "$CLI/helpers.sh"
  $ export POCL_CACHE_DIR="$PWD/pocl" OCL_ICD_VENDORS="$PWD/vendors"
  $ mkdir vendors none; cp /etc/OpenCL/vendors/pocl*.icd vendors/
  $ sim="$HAL_BUILD/tests/sim/opencl"
  $ opencl() { halctl --no-cache --plugin-path "$HAL_BUILD/plugins/opencl" "$@"; }
  $ found() {
  >   opencl list --json 2>/dev/null | tidy | "$PYTHON" -c '
  > import json, sys
  > listing = json.load(sys.stdin)
  > print(sum(way["plugin"] == "opencl" for device in listing["devices"] for way in device["ways_in"]), "devices")
  > for text in listing["warnings"]:
  >     if "OpenCL" in text: print(" ", text)'
  > }

A driver that works says nothing, and its device can be used.

  $ found
  1 devices
  $ opencl selftest opencl:0 >/dev/null 2>&1

A registration that is empty, and one that names a library that is not there.

  $ : >vendors/empty.icd; echo libnosuchdriver.so >vendors/missing.icd
  $ found
  1 devices
    opencl: The OpenCL driver's registration HERE/vendors/empty.icd names no library: it has 0 bytes.
    opencl: The OpenCL driver of HERE/vendors/missing.icd is left out: libnosuchdriver.so cannot be loaded: libnosuchdriver.so: cannot open shared object file: No such file or directory. Its package is broken or half removed.
  $ opencl doctor 2>&1 | tidy | grep -c 'names no library\|is left out'
  2

One that names a library which ends the process: the plugin has failed, and says over which.

  $ rm vendors/empty.icd vendors/missing.icd; echo "$sim/crashing.so" >vendors/a.icd
  $ found
  0 devices
  $ opencl plugins --json | reasons | sed 's/.*what it said last/what it said last/'
  opencl failed probe_crashed
  what it said last: "Loading the OpenCL driver BUILD/tests/sim/opencl/crashing.so of HERE/vendors/a.icd.". Update the plugin or the vendor's driver.
  $ halctl --no-cache --plugin-path "$HAL_BUILD/plugins/opencl:$HAL_BUILD/plugins/host" list --json 2>/dev/null | grep -o 'host:0' | sort -u
  host:0
  $ rm vendors/a.icd

No driver at all.

  $ OCL_ICD_VENDORS="$PWD/none" found
  0 devices

A platform without a device, and devices whose figures make no sense.

  $ export LD_LIBRARY_PATH="$sim"
  $ HAL_SIM_OPENCL='{"devices": 0}' found
  0 devices
    opencl: The OpenCL platform "Portable Computing Language" has no device.
  $ HAL_SIM_OPENCL='{"facts": {"4127": 0}}' opencl plugins --json | reasons | sed 's/device ".*" has/device has/'
  opencl failed probe_failed
    The driver of the OpenCL platform "Portable Computing Language" says that the device has 0 bytes of memory; that makes no sense, and it is not used.
  $ HAL_SIM_OPENCL='{"facts": {"4098": 0}}' opencl plugins --json | reasons | grep -o 'has .* compute units'
  has 0 compute units
