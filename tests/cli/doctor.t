  $ . "$CLI/helpers.sh"

Only what is the same on every machine: the checks of this one are counted, not shown.

  $ checks() { sed -n '/^system$/,$p' | grep -cE '^  (ok|warning|failure) '; }

A recorded machine: devices with the first cause and the fix; of the system what its files tell, and the HAL's own parts.

  $ machine unbound
  $ manifest acme '{"vendor": "0x10de", "class": "0x030200"}' acme.so ', "needs": {"kernel_drivers": ["nvidia"], "device_nodes": ["/dev/acme*"], "libraries": [{"file": "libacme.so.1"}]}'
  $ halctl --plugin-path "$PWD/acme" doctor --machine unbound | sed -e 's/\(0000:0[0-9]:00.0\) .*:/\1 NAME:/' -e '/^$/,$d'
  devices
    0 0000:01:00.0 NAME: driver_not_bound
      No kernel driver is bound to this device; the acme plugin needs nvidia. Install or load the
      driver.
    1 0000:02:00.0 NAME: driver_wrong
      The kernel driver vfio-pci is bound to this device; the acme plugin needs nvidia. It keeps the
      device for a virtual machine or another program: unbind it there and bind nvidia.
    2 0000:03:00.0 NAME: driver_wrong
      The kernel driver nouveau is bound to this device; the acme plugin needs nvidia. Keep nouveau
      from being loaded (a blacklist line in /etc/modprobe.d), install or load nvidia, and
      restart.
  $ halctl --plugin-path "$PWD/acme" doctor --machine unbound >all
  [1]
  $ checks <all
  4
  $ wider_than 100 <all

One device.

  $ halctl --plugin-path "$PWD/acme" doctor 2 --machine unbound --json | sed 's/"name": ".*"/"name": "NAME"/'
  {
    "schema": 1,
    "healthy": false,
    "devices": [
      {
        "index": 2,
        "name": "NAME",
        "pci": "0000:03:00.0",
        "state": "driver_wrong",
        "reason": {
          "id": "driver_wrong",
          "text": "The kernel driver nouveau is bound to this device; the acme plugin needs nvidia. Keep nouveau from being loaded (a blacklist line in /etc/modprobe.d), install or load nvidia, and restart."
        }
      }
    ],
    "checks": []
  }
  $ halctl --plugin-path "$PWD/acme" doctor 9 --machine unbound
  halctl: There is no device '9'; there are 0000:01:00.0, 0000:02:00.0, 0000:03:00.0.
  [3]

Files of the recorded machine tell more.

  $ machine plain
  $ reason() { halctl --plugin-path "$PWD/acme" doctor 0 --machine plain --json | value devices.0.reason.id; }
  $ reason
  not_probed
  $ mkdir plain/dev
  $ reason
  node_missing
  $ touch plain/dev/acme0; mkdir -p plain/usr/lib
  $ reason
  library_not_found
  $ echo text >plain/usr/lib/libacme.so.1
  $ reason
  library_unusable
  $ rm -r plain/sys
  $ halctl --plugin-path "$PWD/acme" doctor --machine plain --json 2>warnings | value checks.0 | tr -d '{}'
  "id": "sysfs", "result": "failure", "text": "/sys is not mounted, so no device can be found on a bus. Mount it (in a container: -v /sys:/sys:ro)."

No plugin.

  $ mkdir none
  $ halctl --plugin-path "$PWD/none" doctor --json >json 2>warnings
  [1]
  $ value healthy <json
  false
  $ value checks.-1.id <json
  plugins
  $ value checks.-1.result <json
  failure

This machine with the host device: it is usable, and each check has a verdict and a whole sentence.

  $ halctl $only_host doctor host:0 --json | value devices.0.state
  usable
  $ halctl $only_host doctor host:0 --json | value checks
  []
  $ halctl $only_host doctor --json 2>warnings | "$PYTHON" -c '
  > import json, sys
  > document = json.load(sys.stdin)
  > print(sorted(document), [check["id"] for check in document["checks"]])
  > assert all(check["result"] in ("ok", "warning", "failure") for check in document["checks"])
  > assert all(check["text"].endswith(".") for check in document["checks"])
  > failed = any(check["result"] == "failure" for check in document["checks"])
  > fine = all(device["state"] in ("usable", "partitioned", "not_probed") for device in document["devices"])
  > assert document["healthy"] == (fine and not failed)'
  ['checks', 'devices', 'healthy', 'schema'] ['locked_memory', 'shared_memory', 'sysfs', 'device_rules', 'pci_module', 'probe_helper', 'plugins']

A plugin that crashes, and one that never answers.

  $ mkdir bad
  $ for kind in segfault hang; do mkdir bad/$kind; (cd bad; manifest $kind '{"any": true}' failing.so; cp "$HAL_BUILD"/tests/fixtures/plugins/{failing.so,libhal-fixture-failing.so} $kind; echo "$kind probe $kind" >$kind/plan); done
  $ halctl --plugin-path "$PWD/bad" --deadline 3 plugins --json | reasons
  hang failed probe_timed_out
    The hang plugin did not tell its devices in time: it was stopped after 3 s while it looked for devices. Allow more time with HAL_PROBE_DEADLINE.
  segfault failed probe_crashed
    The segfault plugin crashed when it was asked for its devices: SIGSEGV (Segmentation fault) while it looked for devices. Update the plugin or the vendor's driver.
  $ halctl --plugin-path "$PWD/bad" --deadline 3 doctor --json | value checks.-1.text
  2 of 2 plugins cannot be used; `halctl plugins` says why.
  $ halctl --deadline soon list
  halctl: 'soon' is no deadline: a number of seconds, more than 0 and at most 3600.
  [2]
