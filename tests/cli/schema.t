What `halctl list --json` writes is what list.schema.json says. Needs the Python module jsonschema.

  $ "$PYTHON" -c 'import jsonschema' 2>/dev/null || exit 80
  $ . "$CLI/helpers.sh"
  $ validate() { "$PYTHON" -c '
  > import json, sys, jsonschema
  > schema = json.load(open(sys.argv[1]))
  > jsonschema.Draft7Validator.check_schema(schema)
  > document = json.load(sys.stdin)
  > for wrong in jsonschema.Draft7Validator(schema).iter_errors(document):
  >     print("/".join(map(str, wrong.absolute_path)), wrong.message)
  > print(len(document["devices"]), "devices")' "$CLI/list.schema.json"; }

  $ for name in none plain dgx half_removed unbound mixed; do machine $name; halctl $only_host list --machine $name --json | validate; done
  0 devices
  2 devices
  8 devices
  2 devices
  3 devices
  7 devices
  $ halctl $only_host list --machine "$CLI/machines/lspci-xxxx.txt" --json | validate
  2 devices
  $ server server; halctl $only_host list --machine server --json 2>/dev/null | validate
  7 devices
  $ manifest acme '{"vendor": "0x10de"}' acme.so ', "needs": {"kernel_drivers": ["nvidia"]}'
  $ halctl --plugin-path "$PWD/acme" list --machine unbound --json | validate
  3 devices
  $ halctl $only_host list --json 2>warnings | validate | sed 's/^[0-9]* /SOME /'
  SOME devices

It can say no.

  $ halctl $only_host list --machine plain --json | sed 's/"usable": false/"usable": true/; s/"gpu"/"GPU"/; s/"index": 1/"index": -1/' | validate
  devices/0/type 'GPU' is not one of ['other', 'cpu', 'gpu', 'npu', 'fpga', 'dsp', 'coprocessor']
  devices/0/ways_in [] is too short
  devices/0 {'index': 0, 'type': 'GPU', 'name': '10de:fff0', 'vendor': 'NVIDIA', 'vendor_id': '10de', 'device_id': 'fff0', 'pci': '0000:17:00.0', 'kernel_driver': 'nvidia', 'numa_node': 0, 'usable': True, 'ways_in': [], 'reason': {'id': 'no_plugin', 'text': 'No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.'}} should not be valid under {'required': ['reason']}
  devices/1/index -1 is less than the minimum of 0
  devices/1/ways_in [] is too short
  devices/1 {'index': -1, 'type': 'other', 'name': '10de:fff1', 'vendor': 'NVIDIA', 'vendor_id': '10de', 'device_id': 'fff1', 'pci': '0000:65:00.0', 'numa_node': 1, 'usable': True, 'ways_in': [], 'reason': {'id': 'no_plugin', 'text': 'No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.'}} should not be valid under {'required': ['reason']}
  2 devices
