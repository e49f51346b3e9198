  $ . "$CLI/helpers.sh"

The host device. Figures and names are the machine's.

  $ halctl $only_host show host:0 >shown 2>warnings
  $ grep -v '^  ' shown | sed '1s/^[0-9]*: .*/INDEX: NAME/'
  INDEX: NAME
  identity
  memory
  execution
  data types
  features
  properties
  now
  $ grep -E '^  (type|way in|plugin|format|max_arguments_size|max_block_items) ' shown
    type    cpu
    way in  host:0
    type            cpu
    plugin          host
    format          elf native
    max_block_items            1024
    max_arguments_size         4.00 KiB (4096 B)
  $ sed -n '/^features/,/^[a-z]*$/p' shown | grep -ow -e kernels -e graphs -e timestamps
  kernels
  timestamps
  graphs

Nothing is cut: what does not fit goes on below. No line is wider than 100 columns.

  $ grep -c '…' shown
  0
  [1]
  $ wider_than 100 <shown

Everything by name, for programs.

  $ halctl $only_host show host:0 --json >json
  $ value device.ways_in.0.selector <json
  host:0
  $ value capabilities.type <json
  cpu
  $ value capabilities.kernels <json
  true
  $ "$PYTHON" -c '
  > import json, sys
  > document = json.load(sys.stdin)
  > print(list(document), document["schema"])
  > print([p["name"] for p in document["properties"] if p["name"] == "host.page_size"])' <json
  ['schema', 'device', 'capabilities', 'properties', 'metrics'] 1
  ['host.page_size']

By its UUID, with and without the prefix.

  $ uuid=$(value device.uuid <json)
  $ halctl $only_host show "$uuid" --json | value device.ways_in.0.selector
  host:0
  $ halctl $only_host show "uuid:$uuid" --json | value device.ways_in.0.selector
  host:0

A recorded device, by every name that it has.

  $ machine plain
  $ halctl $only_host show 0 --machine plain
  0: 10de:fff0
    type           gpu
    vendor         NVIDIA
    PCI ids        10de:fff0
    PCI address    0000:17:00.0
    kernel driver  nvidia
    NUMA node      0
  cannot be used
    No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ halctl $only_host show 0000:17:00.0 --machine plain | head -1
  0: 10de:fff0
  $ halctl $only_host show 17:00.0 --machine plain | head -1
  0: 10de:fff0
  $ halctl $only_host show 1 --machine plain | head -2
  1: 10de:fff1
    type         other
  $ halctl $only_host show 0 --machine plain --json
  {
    "schema": 1,
    "device": {
      "index": 0,
      "type": "gpu",
      "name": "10de:fff0",
      "vendor": "NVIDIA",
      "vendor_id": "10de",
      "device_id": "fff0",
      "pci": "0000:17:00.0",
      "kernel_driver": "nvidia",
      "numa_node": 0,
      "usable": false,
      "ways_in": [],
      "reason": {
        "id": "no_plugin",
        "text": "No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH."
      }
    }
  }

A device of a domain beyond 16 bits.

  $ machine mixed
  $ halctl $only_host show 10000:01:00.0 --machine mixed --json | value device.index
  6

Devices that are not there, and names that are none.

  $ halctl $only_host show 2 --machine plain
  halctl: There is no device '2'; there are 0000:17:00.0, 0000:65:00.0.
  [3]
  $ halctl $only_host show 18:00.0 --machine plain
  halctl: There is no device '18:00.0'; there are 0000:17:00.0, 0000:65:00.0.
  [3]
  $ halctl $only_host show host:0 --machine plain
  halctl: There is no device 'host:0'; there are 0000:17:00.0, 0000:65:00.0.
  [3]
  $ halctl $only_host show uuid:00000000-0000-0000-0000-000000000001 --machine plain
  halctl: There is no device 'uuid:00000000-0000-0000-0000-000000000001'; there are 0000:17:00.0, 0000:65:00.0.
  [3]
  $ machine none
  $ halctl $only_host show 0 --machine none
  halctl: There is no device '0'; there is none at all.
  [3]
  $ halctl $only_host show host:7 2>&1 | sed 's/;.*//'
  halctl: There is no device 'host:7'
  $ halctl $only_host show 'the first' --machine plain
  halctl: 'the first' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host show '' --machine plain
  halctl: '' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host show --machine plain -- -1
  halctl: '-1' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host show 99999999999 --machine plain
  halctl: '99999999999' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host show Host:0 --machine plain
  halctl: 'Host:0' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host show 0 --machine nowhere
  halctl: The recorded machine 'nowhere' is not there.
  [2]

How a recorded device hangs on its bus: a slower slot, and a virtual function of it.

  $ server server
  $ halctl $only_host show 81:00.0 --machine server | sed -n '/^bus/,/^[^b ]/p' | sed '$d'
  bus
    link       x8 of x16, 16 of 32 GT/s
    near CPUs  8-11,24-27
  $ halctl $only_host show 81:02.0 --machine server | grep 'virtual function'
    virtual function of  0000:81:00.0
  $ halctl $only_host show 81:00.0 --machine server --json | value device.bus.link.reduced
  true
