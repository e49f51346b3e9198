  $ . "$CLI/helpers.sh"

A machine without an accelerator.

  $ machine none
  $ halctl $only_host list --machine none
  There is no accelerator in this machine.
  $ halctl $only_host list --machine none --json
  {
    "schema": 1,
    "devices": [],
    "warnings": []
  }

Ids that no list of names has: the whole table as it is.

  $ machine plain
  $ halctl $only_host list --machine plain
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  0  0000:17:00.0  gpu    10de:fff0  nvidia  no_plugin
  1  0000:65:00.0  other  10de:fff1          no_plugin
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ halctl $only_host list --machine plain --json
  {
    "schema": 1,
    "devices": [
      {
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
      },
      {
        "index": 1,
        "type": "other",
        "name": "10de:fff1",
        "vendor": "NVIDIA",
        "vendor_id": "10de",
        "device_id": "fff1",
        "pci": "0000:65:00.0",
        "numa_node": 1,
        "usable": false,
        "ways_in": [],
        "reason": {
          "id": "no_plugin",
          "text": "No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH."
        }
      }
    ],
    "warnings": []
  }

Eight GPUs; neither the switches between them nor the display of the management controller.

  $ machine dgx
  $ halctl $only_host list --machine dgx | without_names
  #  ADDRESS       TYPE  DRIVER  STATE
  0  0000:1b:00.0  gpu   nvidia  no_plugin
  1  0000:43:00.0  gpu   nvidia  no_plugin
  2  0000:52:00.0  gpu   nvidia  no_plugin
  3  0000:61:00.0  gpu   nvidia  no_plugin
  4  0000:9d:00.0  gpu   nvidia  no_plugin
  5  0000:c3:00.0  gpu   nvidia  no_plugin
  6  0000:d1:00.0  gpu   nvidia  no_plugin
  7  0000:df:00.0  gpu   nvidia  no_plugin
  
  0, 1, 2, 3, 4, 5, 6, 7: No installed plugin drives this device. Install one, or name its folder in
     HAL_PLUGIN_PATH.
  $ halctl $only_host list --machine dgx --json | value devices.4.numa_node
  1

A function that left while the bus was read does not hide the others.

  $ machine half_removed
  $ halctl $only_host list --machine half_removed 2>warning | without_names
  #  ADDRESS       TYPE  DRIVER  STATE
  0  0000:17:00.0  gpu   nvidia  no_plugin
  1  0000:3d:00.0  gpu   nvidia  no_plugin
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ cat warning
  halctl: warning: 0000:2a:00.0 is half removed or damaged; these of its attributes could not be read: vendor (No such file or directory), device (No such file or directory), class (No such file or directory).
  $ halctl $only_host list --machine half_removed --json | value warnings.0
  0000:2a:00.0 is half removed or damaged; these of its attributes could not be read: vendor (No such file or directory), device (No such file or directory), class (No such file or directory).

One of each vendor.

  $ machine mixed
  $ halctl $only_host list --machine mixed | without_names
  #  ADDRESS        TYPE   DRIVER      STATE
  0  0000:03:00.0   gpu    xe          no_plugin
  1  0000:19:00.0   npu    habanalabs  no_plugin
  2  0000:27:00.0   npu    apex        no_plugin
  3  0000:84:00.0   gpu    amdgpu      no_plugin
  4  0000:c4:00.1   npu    amdxdna     no_plugin
  5  0000:c5:00.0   other              no_plugin
  6  10000:01:00.0  gpu    nvidia      no_plugin
  
  0, 1, 2, 3, 4, 5, 6: No installed plugin drives this device. Install one, or name its folder in
     HAL_PLUGIN_PATH.
  $ halctl $only_host list --machine mixed --json | "$PYTHON" -c '
  > import json, sys
  > for device in json.load(sys.stdin)["devices"]:
  >     print(device["vendor"], device["vendor_id"], device["device_id"], device["pci"], device.get("numa_node"))'
  Intel 8086 e20b 0000:03:00.0 0
  Habana 1da3 1020 0000:19:00.0 0
  Google 1ac1 089a 0000:27:00.0 0
  AMD 1002 74a1 0000:84:00.0 1
  AMD 1022 1502 0000:c4:00.1 1
  NVIDIA 10de fff0 0000:c5:00.0 1
  NVIDIA 10de 2330 10000:01:00.0 0

What a manifest needs decides the reason, though nothing of the plugin is loaded.

  $ machine unbound
  $ manifest acme '{"vendor": "0x10de", "class": "0x030200"}' acme.so ', "needs": {"kernel_drivers": ["nvidia"]}'
  $ halctl --plugin-path "$PWD/acme" list --machine unbound | without_names
  #  ADDRESS       TYPE  DRIVER    STATE
  0  0000:01:00.0  gpu             driver_not_bound
  1  0000:02:00.0  gpu   vfio-pci  driver_wrong
  2  0000:03:00.0  gpu   nouveau   driver_wrong
  
  0: No kernel driver is bound to this device; the acme plugin needs nvidia. Install or load the
     driver.
  1: The kernel driver vfio-pci is bound to this device; the acme plugin needs nvidia. It keeps the
     device for a virtual machine or another program: unbind it there and bind nvidia.
  2: The kernel driver nouveau is bound to this device; the acme plugin needs nvidia. Keep nouveau
     from being loaded (a blacklist line in /etc/modprobe.d), install or load nvidia, and restart.
  $ halctl --plugin-path "$PWD/acme" list --machine plain
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  0  0000:17:00.0  gpu    10de:fff0  nvidia  not_probed
  1  0000:65:00.0  other  10de:fff1          no_plugin
  
  0: This is a recorded machine; no plugin was asked.
  1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ manifest broken '{"vendor": "10de"}'
  $ halctl --plugin-path "$PWD/broken" list --machine plain | tail -1
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.

A plugin's own device of a class that is none counts, when the manifest names its id.

  $ manifest special '{"vendor": "0x1af4", "device": "0x1001"}'
  $ halctl --plugin-path "$PWD/special" list --machine none | without_names
  #  ADDRESS       TYPE   DRIVER      STATE
  0  0000:00:04.0  other  virtio-pci  not_probed
  
  0: This is a recorded machine; no plugin was asked.

A dump of lspci instead of a tree. It holds no kernel drivers.

  $ halctl $only_host list --machine "$CLI/machines/lspci-xxxx.txt"
  #  ADDRESS        TYPE   NAME       STATE
  0  0000:17:00.0   gpu    10de:fff0  no_plugin
  1  10000:01:00.0  other  10de:fff1  no_plugin
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ head -4 "$CLI/machines/lspci-xxxx.txt" >cut
  $ halctl $only_host list --machine cut
  There is no accelerator in this machine.
  $ cp "$CLI/helpers.sh" text
  $ halctl $only_host list --machine text
  halctl: The recorded machine 'text' cannot be used: it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints.
  [2]

This machine, with whatever it has: the host device is there.

  $ halctl $only_host list --json >here 2>warnings
  $ value devices.-1.ways_in.0.selector <here
  host:0
  $ value devices.-1.usable <here
  true
  $ value devices.-1.type <here
  cpu
  $ halctl $only_host list 2>warnings | tail -1
  0  cpu   AMD EPYC  23.5 GiB  host:0   usable
  $ halctl $only_host list 2>warnings | head -1
  #  TYPE  NAME        MEMORY  WAYS IN  STATE

Machines that are none.

  $ halctl $only_host list --machine nowhere
  halctl: The recorded machine 'nowhere' is not there.
  [2]
  $ halctl $only_host list --machine ''
  halctl: The recorded machine '' is not there.
  [2]
  $ ln -s loop loop
  $ halctl $only_host list --machine loop
  halctl: The recorded machine 'loop' cannot be read: Too many levels of symbolic links.
  [2]
  $ mkdir -p empty hollow/sys/bus looping/sys/bus/pci
  $ halctl $only_host list --machine empty
  halctl: warning: empty/sys/bus/pci/devices could not be opened: No such file or directory. Is sysfs mounted, and does the path name a root directory that holds sys/?
  There is no accelerator in this machine.
  $ halctl $only_host list --machine hollow
  There is no accelerator in this machine.
  $ ln -s devices looping/sys/bus/pci/devices
  $ halctl $only_host list --machine looping
  halctl: warning: looping/sys/bus/pci/devices could not be opened: Too many levels of symbolic links. Is sysfs mounted, and does the path name a root directory that holds sys/?
  There is no accelerator in this machine.

A damaged bus: what leads nowhere is told, the rest is listed.

  $ ln -s nowhere plain/sys/bus/pci/devices/0000:70:00.0
  $ ln -s 0000:71:00.0 plain/sys/bus/pci/devices/0000:71:00.0
  $ touch plain/sys/bus/pci/devices/notes
  $ halctl $only_host list --machine plain 2>warnings
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  0  0000:17:00.0  gpu    10de:fff0  nvidia  no_plugin
  1  0000:65:00.0  other  10de:fff1          no_plugin
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ sort warnings
  halctl: warning: An entry "notes" of plain/sys/bus/pci/devices is not a PCI address; it was left out.
  halctl: warning: The directory of 0000:70:00.0 cannot be opened (No such file or directory); nothing but its address is known.
  halctl: warning: The directory of 0000:71:00.0 cannot be opened (Too many levels of symbolic links); nothing but its address is known.
