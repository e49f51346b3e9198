  $ . "$CLI/helpers.sh"
  $ server server

What is of interest, and the switches at which ways part. A link that does less than its device can is written with both.

  $ halctl $only_host tree --machine server | plain_tree
  ADDRESS             KIND        NAME       LINK                      NUMA  INTERFACES
  pci0000:00
  +- 0000:01:00.0     bridge      10b5:fff0  x16 32 GT/s                  0
  |  +- 0000:03:00.0  gpu         10de:fff0  x16 32 GT/s                  0  card1 renderD128
  |  +- 0000:04:00.0  gpu         10de:fff0  x16 32 GT/s                  0  card2 renderD129
  |  +- 0000:05:00.0  infiniband  15b3:fff0  x16 32 GT/s                  0  mlx5_0
  |  `- 0000:08:00.0  gpu         10de:fff0  x16 32 GT/s                  0  card3 renderD130
  `- 0000:09:00.0     nvme        144d:fff0  x4 16 GT/s                   0  nvme0
  pci0000:40
  `- 0000:41:00.0     network     8086:fff2  x8 16 GT/s                   1  eth0
  pci0000:80
  `- 0000:81:00.0     gpu         1002:fff0  x8 of x16, 16 of 32 GT/s     2  card4 renderD131
     +- 0000:81:02.0  gpu         1002:fff3                               2
     `- 0000:81:02.1  gpu         1002:fff3                               2
  pci0000:c0
  `- 0000:c1:00.0     npu         1da3:fff0  x16 16 GT/s                  3  accel0
  $ halctl $only_host tree --machine server --all | plain_tree
  ADDRESS                         KIND        NAME       LINK                      NUMA  INTERFACES
  pci0000:00
  +- 0000:00:01.0                 bridge      8086:fff0                               0
  |  `- 0000:01:00.0              bridge      10b5:fff0  x16 32 GT/s                  0
  |     +- 0000:02:00.0           bridge      10b5:fff0                               0
  |     |  +- 0000:03:00.0        gpu         10de:fff0  x16 32 GT/s                  0  card1 render.
  |     |  `- 0000:03:00.1        other       10de:fff2                               0
  |     +- 0000:02:01.0           bridge      10b5:fff0                               0
  |     |  `- 0000:04:00.0        gpu         10de:fff0  x16 32 GT/s                  0  card2 render.
  |     +- 0000:02:02.0           bridge      10b5:fff0                               0
  |     |  `- 0000:05:00.0        infiniband  15b3:fff0  x16 32 GT/s                  0  mlx5_0
  |     `- 0000:02:03.0           bridge      10b5:fff0                               0
  |        `- 0000:06:00.0        bridge      10b5:fff0                               0
  |           `- 0000:07:00.0     bridge      10b5:fff0                               0
  |              `- 0000:08:00.0  gpu         10de:fff0  x16 32 GT/s                  0  card3 render.
  +- 0000:00:02.0                 bridge      8086:fff0                               0
  |  `- 0000:09:00.0              nvme        144d:fff0  x4 16 GT/s                   0  nvme0
  `- 0000:00:1f.0                 other       8086:fff1                               0
  pci0000:40
  `- 0000:40:01.0                 bridge      8086:fff0                               1
     `- 0000:41:00.0              network     8086:fff2  x8 16 GT/s                   1  eth0
  pci0000:80
  `- 0000:80:01.0                 bridge      8086:fff0                               2
     `- 0000:81:00.0              gpu         1002:fff0  x8 of x16, 16 of 32 GT/s     2  card4 render.
        +- 0000:81:02.0           gpu         1002:fff3                               2
        `- 0000:81:02.1           gpu         1002:fff3                               2
  pci0000:c0
  `- 0000:c0:01.0                 bridge      8086:fff0                               3
     `- 0000:c1:00.0              npu         1da3:fff0  x16 16 GT/s                  3  accel0
  $ halctl $only_host tree --machine server --all | plain_tree | wider_than 100
  $ mkdir -p empty/sys/bus/pci/devices
  $ halctl $only_host tree --machine empty
  There is no accelerator, network adapter or NVMe drive on a PCI bus of this machine.

For programs: every function, with its place.

  $ halctl $only_host tree --machine server --json >tree.json
  $ "$PYTHON" -c '
  > import json
  > tree = json.load(open("tree.json"))
  > functions = {one["pci"]: one for one in tree["functions"]}
  > assert all(one.get("parent") is None or one["parent"] in functions for one in functions.values())
  > print(len(functions), "functions", *sorted({one["kind"] for one in functions.values()}))
  > print(functions["0000:81:00.0"])
  > print(functions["0000:81:02.1"]["parent"], functions["0000:81:02.1"]["physical_function"])
  > print(functions["0000:05:00.0"]["interfaces"], functions["0000:41:00.0"]["numa_node"])
  > print(*tree["numa_nodes"], sep="\n")'
  24 functions accelerator bridge infiniband network nvme other
  {'pci': '0000:81:00.0', 'kind': 'accelerator', 'type': 'gpu', 'name': '1002:fff0', 'vendor': 'AMD', 'class': '030200', 'parent': '0000:80:01.0', 'root': 'pci0000:80', 'link': {'width': 8, 'megatransfers': 16000, 'most_width': 16, 'most_megatransfers': 32000, 'reduced': True}, 'numa_node': 2, 'cpus': '8-11,24-27', 'kernel_driver': 'amdgpu', 'interfaces': ['card4', 'renderD131']}
  0000:81:00.0 0000:81:00.0
  ['mlx5_0'] 1
  {'id': 0, 'cpus': '0-3,16-19', 'socket': 0}
  {'id': 1, 'cpus': '4-7,20-23', 'socket': 0}
  {'id': 2, 'cpus': '8-11,24-27', 'socket': 1}
  {'id': 3, 'cpus': '12-15,28-31', 'socket': 1}

For Graphviz: a graph in which every function hangs on one other.

  $ halctl $only_host tree --machine server --dot
  digraph machine {
    rankdir=LR;
    node [shape=box, fontname="sans-serif"];
    edge [dir=none];
    "pci0000:00" [shape=ellipse];
    "0000:01:00.0" [label="0000:01:00.0 bridge\n10b5:fff0"];
    "pci0000:00" -> "0000:01:00.0" [label="x16 32 GT/s"];
    "0000:09:00.0" [label="0000:09:00.0 nvme\n144d:fff0"];
    "pci0000:00" -> "0000:09:00.0" [label="x4 16 GT/s"];
    "0000:03:00.0" [label="0000:03:00.0 gpu\n10de:fff0", style=bold];
    "0000:01:00.0" -> "0000:03:00.0" [label="x16 32 GT/s"];
    "0000:04:00.0" [label="0000:04:00.0 gpu\n10de:fff0", style=bold];
    "0000:01:00.0" -> "0000:04:00.0" [label="x16 32 GT/s"];
    "0000:05:00.0" [label="0000:05:00.0 infiniband\n15b3:fff0"];
    "0000:01:00.0" -> "0000:05:00.0" [label="x16 32 GT/s"];
    "0000:08:00.0" [label="0000:08:00.0 gpu\n10de:fff0", style=bold];
    "0000:01:00.0" -> "0000:08:00.0" [label="x16 32 GT/s"];
    "pci0000:40" [shape=ellipse];
    "0000:41:00.0" [label="0000:41:00.0 network\n8086:fff2"];
    "pci0000:40" -> "0000:41:00.0" [label="x8 16 GT/s"];
    "pci0000:80" [shape=ellipse];
    "0000:81:00.0" [label="0000:81:00.0 gpu\n1002:fff0", style=bold];
    "pci0000:80" -> "0000:81:00.0" [label="x8 of x16, 16 of 32 GT/s"];
    "0000:81:02.0" [label="0000:81:02.0 gpu\n1002:fff3", style=bold];
    "0000:81:00.0" -> "0000:81:02.0";
    "0000:81:02.1" [label="0000:81:02.1 gpu\n1002:fff3", style=bold];
    "0000:81:00.0" -> "0000:81:02.1";
    "pci0000:c0" [shape=ellipse];
    "0000:c1:00.0" [label="0000:c1:00.0 npu\n1da3:fff0", style=bold];
    "pci0000:c0" -> "0000:c1:00.0" [label="x16 16 GT/s"];
  }
  $ halctl $only_host tree --machine server --dot --all | "$PYTHON" -c '
  > import re, sys
  > text = sys.stdin.read()
  > quoted = r"\"(?:[^\"\\]|\\.)*\""
  > attributes = rf"(?: \[\w+=(?:{quoted}|\w+)(?:, \w+=(?:{quoted}|\w+))*\])?"
  > body = re.fullmatch(r"digraph machine \{\n(.*)\}\n", text, re.S).group(1)
  > nodes, edges = set(), []
  > for line in body.splitlines():
  >     if re.fullmatch(r"  rankdir=LR;|  (node|edge) \[.*\];", line):
  >         continue
  >     edge = re.fullmatch(rf"  ({quoted}) -> ({quoted}){attributes};", line)
  >     node = re.fullmatch(rf"  ({quoted}){attributes};", line)
  >     assert edge or node, line
  >     edges.append(edge.groups()) if edge else nodes.add(node.group(1))
  > assert all(one in nodes for edge in edges for one in edge)
  > print(len(nodes), "nodes", len(edges), "edges", len({below for _, below in edges}), "hang on one")'
  28 nodes 24 edges 24 hang on one
  $ if command -v dot >found; then halctl $only_host tree --machine server --dot | dot -Tsvg >picture.svg; fi
  $ halctl $only_host tree --machine server --dot --json 2>complaint
  [2]
