"""Builds the sysfs of a machine that is described in a text file.

make_machine.py DESCRIPTION FOLDER     FOLDER then holds sys/, as halctl's --machine wants it

One PCI function a line, seven columns: address, vendor:device, class, subsystem vendor:device, revision, NUMA node, kernel
driver; - for none. `gone` instead of the last six: the function was removed while it was looked at, so that its directory
is there and the files that say what it is are not. A NUMA node of -1 is what the kernel writes where there is no such thing.
"""

import pathlib
import struct
import sys


def config_space(vendor, device, class_code, sub_vendor, sub_device, revision):
    header = bytearray(64)
    struct.pack_into("<HHHH", header, 0, vendor, device, 0x0006, 0x0010)
    struct.pack_into("<BBBB", header, 8, revision, class_code & 0xFF, class_code >> 8 & 0xFF, class_code >> 16)
    struct.pack_into("<HH", header, 0x2C, sub_vendor, sub_device)
    return bytes(header)


def pair(text):
    return [int(part, 16) for part in text.split(":")] if text != "-" else [0, 0]


class Tree:
    def __init__(self, root):
        self.bus = root / "sys" / "bus" / "pci"
        self.devices = root / "sys" / "devices"
        (self.bus / "devices").mkdir(parents=True)
        (self.bus / "drivers").mkdir()

    def folder_of(self, address):
        domain, bus = address.split(":")[:2]
        folder = self.devices / f"pci{domain}:{bus}" / address
        folder.mkdir(parents=True)
        (self.bus / "devices" / address).symlink_to(f"../../../devices/pci{domain}:{bus}/{address}")
        return folder

    def add(self, address, ids, class_text, subsystem, revision, node, driver):
        folder = self.folder_of(address)
        vendor, device = pair(ids)
        sub_vendor, sub_device = pair(subsystem)
        class_code = int(class_text, 16)
        texts = {
            "vendor": f"0x{vendor:04x}",
            "device": f"0x{device:04x}",
            "class": f"0x{class_code:06x}",
            "subsystem_vendor": f"0x{sub_vendor:04x}",
            "subsystem_device": f"0x{sub_device:04x}",
            "revision": f"0x{int(revision, 16):02x}",
            "numa_node": node,
        }
        for name, text in texts.items():
            (folder / name).write_text(text + "\n", encoding="ascii")
        space = config_space(vendor, device, class_code, sub_vendor, sub_device, int(revision, 16))
        (folder / "config").write_bytes(space)
        if driver != "-":
            (self.bus / "drivers" / driver).mkdir(exist_ok=True)
            (folder / "driver").symlink_to(f"../../../bus/pci/drivers/{driver}")

    def add_gone(self, address):
        (self.folder_of(address) / "numa_node").write_text("-1\n", encoding="ascii")


def main():
    description, folder = map(pathlib.Path, sys.argv[1:])
    tree = Tree(folder)
    for line in description.read_text(encoding="ascii").splitlines():
        columns = line.partition("#")[0].split()
        if columns[1:] == ["gone"]:
            tree.add_gone(columns[0])
        elif columns:
            tree.add(*columns)


main()
