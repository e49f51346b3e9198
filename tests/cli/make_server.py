"""Builds the sysfs of a machine with buses, switches, NUMA nodes and device files, from a description.

make_server.py DESCRIPTION FOLDER     FOLDER then holds sys/ and, where the description names files, dev/

One thing a line:
  root 0000:00                          a host bridge; what follows hangs on it
  function ADDRESS PARENT IDS CLASS key=value ...   PARENT is an address above it, or - on the root bus
                                        keys: node, driver, cpus, link (x16@32), most (the same), physfn (an address),
                                        make (class/name[:file in /dev], several times)
  cpu NUMBER package=0 threads=0,8
  node NUMBER cpus=0-3
  file NAME                             below dev/
"""

import pathlib
import struct
import sys


class Server:
    def __init__(self, root):
        self.root = root
        self.sys = root / "sys"
        self.bus = self.sys / "bus" / "pci"
        self.place = {}
        self.host_bridge = None
        (self.bus / "devices").mkdir(parents=True)
        (self.bus / "drivers").mkdir()

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="ascii")

    def function(self, address, parent, ids, class_text, *facts):
        above = self.host_bridge if parent == "-" else self.place[parent]
        folder = above / address
        self.place[address] = folder
        folder.mkdir(parents=True)
        vendor, device = ids.split(":")
        keys = [fact.split("=", 1) for fact in facts]
        known = dict(keys)
        driver = known.get("driver")
        texts = {
            "vendor": f"0x{vendor}",
            "device": f"0x{device}",
            "class": f"0x{class_text}",
            "subsystem_vendor": f"0x{vendor}",
            "subsystem_device": "0x0001",
            "revision": "0x01",
            "numa_node": known.get("node", "-1"),
            "uevent": (f"DRIVER={driver}\n" if driver else "")
            + f"PCI_CLASS={class_text.lstrip('0').upper()}\nPCI_ID={ids.upper()}\n"
            + f"PCI_SUBSYS_ID={vendor.upper()}:0001\nPCI_SLOT_NAME={address}",
        }
        if "cpus" in known:
            texts["local_cpulist"] = known["cpus"]
        for key, name in (("link", "current"), ("most", "max")):
            if key in known:
                width, speed = known[key][1:].split("@")
                texts[f"{name}_link_width"] = width
                texts[f"{name}_link_speed"] = f"{float(speed)} GT/s PCIe"
        for name, text in texts.items():
            self.write(folder / name, text)
        self.write_config(folder, int(vendor, 16), int(device, 16), int(class_text, 16))
        if driver:
            (self.bus / "drivers" / driver).mkdir(exist_ok=True)
            (folder / "driver").symlink_to(self.relative(folder, self.bus / "drivers" / driver))
        if "physfn" in known:
            (folder / "physfn").symlink_to(self.relative(folder, self.place[known["physfn"]]))
        for value in (value for key, value in keys if key == "make"):
            path, _, file = value.partition(":")
            self.write(folder / path / "uevent", f"DEVNAME={file}" if file else "")
        (self.bus / "devices" / address).symlink_to(self.relative(self.bus / "devices", folder))

    def write_config(self, folder, vendor, device, class_code):
        header = bytearray(64)
        struct.pack_into("<HHHH", header, 0, vendor, device, 0x0006, 0x0010)
        struct.pack_into("<BBBB", header, 8, 1, class_code & 0xFF, class_code >> 8 & 0xFF, class_code >> 16)
        header[14] = 1 if class_code >> 8 == 0x0604 else 0
        (folder / "config").write_bytes(bytes(header))

    def relative(self, start, target):
        up = len(start.relative_to(self.sys).parts)
        return pathlib.Path(*[".."] * up, target.relative_to(self.sys))

    def add(self, kind, words):
        facts = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        if kind == "root":
            self.host_bridge = self.sys / "devices" / f"pci{words[0]}"
        elif kind == "function":
            self.function(*words)
        elif kind == "cpu":
            folder = self.sys / "devices" / "system" / "cpu" / f"cpu{words[0]}" / "topology"
            self.write(folder / "physical_package_id", facts["package"])
            self.write(folder / "core_cpus_list", facts["threads"])
        elif kind == "node":
            self.write(self.sys / "devices" / "system" / "node" / f"node{words[0]}" / "cpulist", facts["cpus"])
        elif kind == "file":
            self.write(self.root / "dev" / words[0], "")
        else:
            sys.exit(f"make_server: there is no '{kind}'")


def main():
    description, folder = map(pathlib.Path, sys.argv[1:])
    server = Server(folder)
    for line in description.read_text(encoding="ascii").splitlines():
        words = line.partition("#")[0].split()
        if words:
            server.add(words[0], words[1:])


main()
