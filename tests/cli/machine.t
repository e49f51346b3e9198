  $ . "$CLI/helpers.sh"

A machine may be named before the verb and after it; in folders that wrap it, too.

  $ machine plain
  $ mkdir -p wrapped/in/folders
  $ cp -r plain wrapped/in/folders
  $ halctl $only_host --machine plain list >expected
  $ halctl $only_host list --machine plain | cmp expected -
  $ halctl $only_host list --machine wrapped | cmp expected -
  $ tar -cf plain.tar plain
  $ tar -czf plain.tar.gz wrapped
  $ for file in plain.tar plain.tar.gz; do halctl $only_host list --machine $file | cmp expected -; done
  $ halctl $only_host --machine plain.tar show 1 | head -4
  1: 10de:fff1
    type         other
    vendor       NVIDIA
    PCI ids      10de:fff1

What lspci -nn prints.

  $ cat >listing <<'END'
  > 0001:00:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:fff0] (rev a1)
  > 0005:00:00.0 Bridge [0680]: NVIDIA Corporation Device [10de:1af1] (rev a1)
  > END
  $ halctl $only_host list --machine listing | head -2
  #  ADDRESS       TYPE  NAME       STATE
  0  0001:00:00.0  gpu   10de:fff0  no_plugin

Archives are unpacked where only this user looks, and nothing of them stays.

  $ mkdir tmp
  $ TMPDIR=$PWD/tmp halctl $only_host list --machine plain.tar >/dev/null
  $ ls -A tmp

What does not belong into one is refused, in a sentence, and nothing is left either.

  $ refused() { "$PYTHON" "$CLI/make_archive.py" "$1" bad.tar; TMPDIR=$PWD/tmp halctl list --machine bad.tar; echo $?; ls -A tmp; }
  $ for kind in absolute dotdot device fifo hardlink below-link truncated empty bomb; do refused $kind; done
  halctl: The recorded machine 'bad.tar' cannot be used: it holds the absolute path /etc/absolute.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: it holds the path sys/../../outside, which leads out of it.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: sys/zero is a device, a FIFO or a socket.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: sys/fifo is a device, a FIFO or a socket.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: it holds the hard link sys/hard.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: sys/up/link lies below a link.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: Truncated tar archive.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: it is empty.
  2
  halctl: The recorded machine 'bad.tar' cannot be used: sys/large is larger than 64 MiB.
  2

Links stay inside, whatever they say.

  $ "$PYTHON" "$CLI/make_archive.py" links bad.tar
  $ halctl $only_host list --machine bad.tar | head -2
  #  ADDRESS       TYPE  NAME       STATE
  0  0000:00:01.0  gpu   10de:fff0  no_plugin

Files that are none of these.

  $ printf '\0\1\2' >bytes; : >nothing
  $ halctl list --machine bytes
  halctl: The recorded machine 'bytes' cannot be used: it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints.
  [2]
  $ halctl list --machine nothing
  halctl: The recorded machine 'nothing' cannot be used: it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints.
  [2]
  $ gzip -c bytes >bytes.gz
  $ halctl list --machine bytes.gz
  halctl: The recorded machine 'bytes.gz' cannot be used: it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints.
  [2]
  $ mkfifo fifo
  $ halctl list --machine fifo 2>/dev/null
  [2]
  $ halctl list --machine /dev/null
  halctl: The recorded machine '/dev/null' cannot be used: it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints.
  [2]
