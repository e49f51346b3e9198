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
  >     if "opencl" in text.lower(): print(" ", text)'
  > }

A driver that works says nothing.

  $ found
  1 devices
