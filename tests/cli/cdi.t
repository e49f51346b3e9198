Container Device Interface specifications, judged by the published rules. Needs the Python module jsonschema.

  $ "$PYTHON" -c 'import jsonschema' 2>/dev/null || exit 80
  $ . "$CLI/helpers.sh"
  $ server server
  $ validate() { "$PYTHON" -c '
  > import json, sys, jsonschema
  > schema = json.load(open(sys.argv[1]))
  > jsonschema.Draft7Validator.check_schema(schema)
  > for path in sys.argv[2:]:
  >     document = json.load(open(path))
  >     for wrong in jsonschema.Draft7Validator(schema).iter_errors(document):
  >         print("/".join(map(str, wrong.absolute_path)), wrong.message)
  >     names = [device["name"] for device in document["devices"]]
  >     assert len(names) == len(set(names)), names
  >     print(document["kind"], *names)' "$CLI/../support/cdi.schema.json" "$@"; }

One file for each vendor and type, that everybody may read; nothing else is left in the folder.

  $ mkdir out
  $ (umask 077; halctl $only_host cdi --machine server --output out)
  halctl: warning: 0000:81:02.0 (1002:fff3) is left out: no file in /dev is known to belong to it.
  halctl: warning: 0000:81:02.1 (1002:fff3) is left out: no file in /dev is known to belong to it.
  out/amd.hal.internal-gpu.json  amd.hal.internal/gpu
  out/habana.hal.internal-npu.json  habana.hal.internal/npu
  out/nvidia.hal.internal-gpu.json  nvidia.hal.internal/gpu
  $ ls -A out
  amd.hal.internal-gpu.json
  habana.hal.internal-npu.json
  nvidia.hal.internal-gpu.json
  $ stat -c '%a %n' out/*
  644 out/amd.hal.internal-gpu.json
  644 out/habana.hal.internal-npu.json
  644 out/nvidia.hal.internal-gpu.json
  $ validate out/*
  amd.hal.internal/gpu 0 0000:81:00.0 all
  habana.hal.internal/npu 0 0000:c1:00.0 all
  nvidia.hal.internal/gpu 0 0000:03:00.0 1 0000:04:00.0 2 0000:08:00.0 all
  $ cat out/amd.hal.internal-gpu.json
  {
    "cdiVersion": "0.5.0",
    "kind": "amd.hal.internal/gpu",
    "devices": [
      {
        "name": "0",
        "containerEdits": {
          "deviceNodes": [
            {
              "path": "/dev/dri/card4",
              "permissions": "rw"
            },
            {
              "path": "/dev/dri/renderD131",
              "permissions": "rw"
            }
          ]
        }
      },
      {
        "name": "0000:81:00.0",
        "containerEdits": {
          "deviceNodes": [
            {
              "path": "/dev/dri/card4",
              "permissions": "rw"
            },
            {
              "path": "/dev/dri/renderD131",
              "permissions": "rw"
            }
          ]
        }
      },
      {
        "name": "all",
        "containerEdits": {
          "deviceNodes": [
            {
              "path": "/dev/dri/card4",
              "permissions": "rw"
            },
            {
              "path": "/dev/dri/renderD131",
              "permissions": "rw"
            }
          ]
        }
      }
    ]
  }

Again, over the old ones; a reader sees either.

  $ echo old >out/amd.hal.internal-gpu.json
  $ halctl $only_host cdi --machine server --output out 2>warnings | wc -l
  3
  $ validate out/* | wc -l
  3

On standard output there is room for one kind.

  $ halctl $only_host cdi --machine server 2>warnings
  [2]
  $ halctl $only_host cdi --machine server 2>&1 >out/none | tail -1
  halctl: There are 3 kinds of devices, and a specification has one: choose with --kind, or give --output DIR for all. amd.hal.internal/gpu, habana.hal.internal/npu, nvidia.hal.internal/gpu.
  $ halctl $only_host cdi --machine server --kind habana.hal.internal/npu 2>warnings >npu.json; validate npu.json
  habana.hal.internal/npu 0 0000:c1:00.0 all
  $ halctl $only_host cdi --machine server --kind habana.hal.internal/gpu 2>&1 >out/none | tail -1
  halctl: There is no accelerator of the kind 'habana.hal.internal/gpu'.
  $ halctl $only_host cdi --machine server --domain com --kind nvidia.com/gpu 2>warnings >gpu.json; validate gpu.json
  nvidia.com/gpu 0 0000:03:00.0 1 0000:04:00.0 2 0000:08:00.0 all
  $ halctl $only_host cdi --machine server --domain 'co/m' 2>&1
  halctl: 'co/m' is no domain: lower-case letters, digits and dashes, parted by dots.
  [2]
  $ "$PYTHON" -c '
  > import json
  > for device in json.load(open("gpu.json"))["devices"]:
  >     print(device["name"], *[node["path"] for node in device["containerEdits"]["deviceNodes"]])'
  0 /dev/dri/card1 /dev/dri/renderD128
  0000:03:00.0 /dev/dri/card1 /dev/dri/renderD128
  1 /dev/dri/card2 /dev/dri/renderD129
  0000:04:00.0 /dev/dri/card2 /dev/dri/renderD129
  2 /dev/dri/card3 /dev/dri/renderD130
  0000:08:00.0 /dev/dri/card3 /dev/dri/renderD130
  all /dev/dri/card1 /dev/dri/renderD128 /dev/dri/card2 /dev/dri/renderD129 /dev/dri/card3 /dev/dri/renderD130

Where nothing can be written nothing is.

  $ halctl $only_host cdi --machine server --output nowhere 2>&1 | tail -1
  halctl: The file 'nowhere/amd.hal.internal-gpu.json' cannot be written: No such file or directory.
  $ ls nowhere
  ls: cannot access 'nowhere': No such file or directory
  [2]
  $ mkdir -p taken/habana.hal.internal-npu.json
  $ halctl $only_host cdi --machine server --output taken 2>&1 | tail -1
  halctl: The file 'taken/habana.hal.internal-npu.json' cannot be written: Is a directory.
  $ ls -A taken/habana.hal.internal-npu.json taken | grep XXX
  [1]

Files that a plugin's manifest asks for: numbered ones by order, with a warning; the others for every device.

  $ manifest acme '{"vendor": "0x10de"}' acme.so ', "needs": {"device_nodes": ["/dev/acme*", "/dev/acmectl"]}'
  $ mkdir -p server/dev/dri; touch server/dev/acmectl server/dev/acme0 server/dev/acme1 server/dev/acme2
  $ halctl --plugin-path "$PWD/acme" cdi --machine server --kind nvidia.hal.internal/gpu >acme.json
  halctl: warning: Which numbered file in /dev belongs to which device is told by their order alone; a driver that was bound in another order counts otherwise.
  halctl: warning: 0000:81:00.0 (1002:fff0) is left out: no file in /dev is known to belong to it.
  halctl: warning: 0000:81:02.0 (1002:fff3) is left out: no file in /dev is known to belong to it.
  halctl: warning: 0000:81:02.1 (1002:fff3) is left out: no file in /dev is known to belong to it.
  halctl: warning: 0000:c1:00.0 (1da3:fff0) is left out: no file in /dev is known to belong to it.
  $ validate acme.json
  nvidia.hal.internal/gpu 0 0000:03:00.0 1 0000:04:00.0 2 0000:08:00.0 all
  $ "$PYTHON" -c '
  > import json
  > content = json.load(open("acme.json"))
  > for device in content["devices"] + [dict(content, name="every")]:
  >     print(device["name"], *[node["path"] for node in device["containerEdits"]["deviceNodes"]])'
  0 /dev/acme0
  0000:03:00.0 /dev/acme0
  1 /dev/acme1
  0000:04:00.0 /dev/acme1
  2 /dev/acme2
  0000:08:00.0 /dev/acme2
  all /dev/acme0 /dev/acme1 /dev/acme2
  every /dev/acmectl

Nothing to be given.

  $ machine none
  $ halctl $only_host cdi --machine none --output out
  halctl: There is no accelerator that a container could be given.
  [3]
  $ machine plain
  $ halctl $only_host cdi --machine plain
  halctl: warning: 0000:17:00.0 (10de:fff0) is left out: no file in /dev is known to belong to it.
  halctl: warning: 0000:65:00.0 (10de:fff1) is left out: no file in /dev is known to belong to it.
  halctl: There is no accelerator that a container could be given.
  [3]

It can say no.

  $ sed 's/"rw"/"rx"/; s/"0"/"-0"/; s|amd.hal.internal/gpu|amd/g p|; s/0.5.0/0.3.0/' out/amd.hal.internal-gpu.json >wrong.json; validate wrong.json
  cdiVersion '0.5.0' was expected
  kind 'amd/g p' does not match '^(?=[^/]{1,253}/)[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?/[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$'
  devices/0/name '-0' does not match '^[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?$'
  devices/0/containerEdits/deviceNodes/0/permissions 'rx' does not match '^[rwm]+$'
  devices/0/containerEdits/deviceNodes/1/permissions 'rx' does not match '^[rwm]+$'
  devices/1/containerEdits/deviceNodes/0/permissions 'rx' does not match '^[rwm]+$'
  devices/1/containerEdits/deviceNodes/1/permissions 'rx' does not match '^[rwm]+$'
  devices/2/containerEdits/deviceNodes/0/permissions 'rx' does not match '^[rwm]+$'
  devices/2/containerEdits/deviceNodes/1/permissions 'rx' does not match '^[rwm]+$'
  amd/g p -0 0000:81:00.0 all
