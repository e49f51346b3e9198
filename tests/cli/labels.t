  $ . "$CLI/helpers.sh"
  $ server server
  $ halctl $only_host labels --machine server 2>warnings | sort
  hal.internal/gpu.count=6
  hal.internal/gpu.model.1002-fff0=1
  hal.internal/gpu.model.1002-fff3=2
  hal.internal/gpu.model.10de-fff0=3
  hal.internal/npu.count=1
  hal.internal/npu.driver=habanalabs
  hal.internal/npu.model.1da3-fff0=1
  hal.internal/npu.model=1da3-fff0
  hal.internal/npu.vendor=Habana
  $ halctl $only_host labels --machine server --prefix node.example.com --json 2>warnings
  {
    "schema": 1,
    "labels": {
      "node.example.com/gpu.count": "6",
      "node.example.com/gpu.model.1002-fff0": "1",
      "node.example.com/gpu.model.1002-fff3": "2",
      "node.example.com/gpu.model.10de-fff0": "3",
      "node.example.com/npu.count": "1",
      "node.example.com/npu.driver": "habanalabs",
      "node.example.com/npu.model": "1da3-fff0",
      "node.example.com/npu.model.1da3-fff0": "1",
      "node.example.com/npu.vendor": "Habana"
    }
  }
  $ for prefix in 'Upper.case' 'a_b' '-a' 'a..b' '' 'a/b'; do halctl $only_host labels --machine server --prefix "$prefix"; done
  halctl: 'Upper.case' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  halctl: 'a_b' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  halctl: '-a' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  halctl: 'a..b' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  halctl: '' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  halctl: 'a/b' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.
  [2]

Every label keeps Kubernetes' rules, whatever the machine.

  $ machine mixed; machine dgx; machine none
  $ for name in server mixed dgx none; do halctl $only_host labels --machine $name --json 2>warnings | "$PYTHON" -c '
  > import json, re, sys
  > labels = json.load(sys.stdin)["labels"]
  > for name, value in labels.items():
  >     prefix, _, name = name.partition("/")
  >     assert re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", prefix), prefix
  >     assert len(name) <= 63 and re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", name), name
  >     assert len(value) <= 63 and re.fullmatch(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?", value), value
  > print(sum(int(value) for name, value in labels.items() if name.endswith(".count")), "devices")'; done
  7 devices
  7 devices
  8 devices
  0 devices

