  $ . "$CLI/helpers.sh"
  $ server server

How far from each other, where, and what the words mean.

  $ halctl $only_host topo --machine server | sed 's/ *$//'
  #  ADDRESS       0    1    2    3    4    5    6    N0   N1
  0  0000:03:00.0  X    PIX  PXB  SYS  SYS  SYS  SYS  PIX  SOC
  1  0000:04:00.0  PIX  X    PXB  SYS  SYS  SYS  SYS  PIX  SOC
  2  0000:08:00.0  PXB  PXB  X    SYS  SYS  SYS  SYS  PXB  SOC
  3  0000:81:00.0  SYS  SYS  SYS  X    X    X    SOC  SYS  SYS
  4  0000:81:02.0  SYS  SYS  SYS  X    X    X    SOC  SYS  SYS
  5  0000:81:02.1  SYS  SYS  SYS  X    X    X    SOC  SYS  SYS
  6  0000:c1:00.0  SYS  SYS  SYS  SOC  SOC  SOC  X    SYS  SYS
  
  #  NUMA  CPUS         NEAREST NETWORK  NAME
  0     0  0-3,16-19    N0               10de:fff0
  1     0  0-3,16-19    N0               10de:fff0
  2     0  0-3,16-19    N0               10de:fff0
  3     2  8-11,24-27   N0 N1            1002:fff0
  4     2  8-11,24-27   N0 N1            1002:fff3
  5     2  8-11,24-27   N0 N1            1002:fff3
  6     3  12-15,28-31  N0 N1            1da3:fff0
  
  NETWORK  ADDRESS       NUMA  INTERFACES  NAME
  N0       0000:05:00.0     0  mlx5_0      15b3:fff0
  N1       0000:41:00.0     1  eth0        8086:fff2
  
  X     the same device
  PIX   one PCIe switch at most
  PXB   several PCIe switches, no host bridge
  SOC   between NUMA nodes of one socket
  SYS   between sockets
  $ halctl $only_host topo --machine server | wider_than 100
  $ machine none
  $ halctl $only_host topo --machine none
  There is no accelerator on a PCI bus of this machine.

For programs.

  $ halctl $only_host topo --machine server --json >topo.json
  $ "$PYTHON" -c '
  > import json
  > topo = json.load(open("topo.json"))
  > print(*topo["devices"][3:5], *topo["networks"], sep="\n")
  > far = {(one["from"], one["to"]): one["distance"] for one in topo["distances"]}
  > print(len(far), far["0000:03:00.0", "0000:05:00.0"], far["0000:03:00.0", "0000:81:00.0"], topo["links"])'
  {'index': 3, 'pci': '0000:81:00.0', 'name': '1002:fff0', 'numa_node': 2, 'cpus': '8-11,24-27'}
  {'index': 4, 'pci': '0000:81:02.0', 'name': '1002:fff3', 'numa_node': 2, 'cpus': '8-11,24-27'}
  {'pci': '0000:05:00.0', 'kind': 'infiniband', 'name': '15b3:fff0', 'interfaces': ['mlx5_0'], 'numa_node': 0, 'cpus': '0-3,16-19'}
  {'pci': '0000:41:00.0', 'kind': 'network', 'name': '8086:fff2', 'interfaces': ['eth0'], 'numa_node': 1, 'cpus': '4-7,20-23'}
  35 PIX SYS []

Many devices: the matrix goes on below.

  $ "$PYTHON" -c '
  > print("root 0000:00")
  > for bus in range(1, 41):
  >     print(f"function 0000:00:{bus % 32:02x}.{bus // 32} - 8086:fff0 060400 node=0")
  >     print(f"function 0000:{bus:02x}:00.0 0000:00:{bus % 32:02x}.{bus // 32} 10de:fff0 030200 node=0")' >many.server
  $ "$PYTHON" "$CLI/make_server.py" many.server many
  $ halctl $only_host topo --machine many | wider_than 100
  $ halctl $only_host topo --machine many | grep -c ADDRESS
  3
  $ halctl $only_host topo --machine many | sed 's/ *$//' | head -3
   #  ADDRESS       0    1    2    3    4    5    6    7    8    9    10   11   12   13   14   15
   0  0000:01:00.0  X    PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB
   1  0000:02:00.0  PHB  X    PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB  PHB
