"""Writes archives that no recorded machine should be.

make_archive.py KIND FILE
"""

import io
import sys
import tarfile


def file(archive, name, content=b"x\n"):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def special(archive, name, kind, target=""):
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.linkname = target
    archive.addfile(entry)


def gpu(archive, folder):
    for name, text in {"vendor": "0x10de", "device": "0xfff0", "class": "0x030200"}.items():
        file(archive, f"{folder}/{name}", text.encode())


def fill(kind, archive):
    if kind == "absolute":
        file(archive, "/etc/absolute")
    elif kind == "dotdot":
        file(archive, "sys/../../outside")
    elif kind == "device":
        special(archive, "sys/zero", tarfile.CHRTYPE)
    elif kind == "fifo":
        special(archive, "sys/fifo", tarfile.FIFOTYPE)
    elif kind == "hardlink":
        special(archive, "sys/hard", tarfile.LNKTYPE, "/etc/passwd")
    elif kind == "below-link":
        special(archive, "sys/up", tarfile.SYMTYPE, ".")
        special(archive, "sys/up/link", tarfile.SYMTYPE, "../x")
    elif kind == "truncated":
        file(archive, "sys/file", b"y" * 100000)
    elif kind == "bomb":
        file(archive, "sys/large", bytes(65 << 20))
    elif kind == "links":
        # As recorded by absolute path, and up beyond the root: both mean the tree's own files.
        gpu(archive, "sys/devices/pci0000:00/0000:00:01.0")
        gpu(archive, "sys/devices/pci0000:00/0000:00:02.0")
        bus = "sys/bus/pci/devices/"
        special(archive, bus + "0000:00:01.0", tarfile.SYMTYPE, "/sys/devices/pci0000:00/0000:00:01.0")
        special(archive, bus + "0000:00:02.0", tarfile.SYMTYPE, "../" * 40 + "sys/devices/pci0000:00/0000:00:02.0")


def main():
    kind, path = sys.argv[1:]
    with tarfile.open(path, "w") as archive:
        fill(kind, archive)
    if kind == "truncated":
        with open(path, "r+b") as damaged:
            damaged.truncate(20000)


main()
