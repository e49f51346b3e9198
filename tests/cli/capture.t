  $ . "$CLI/helpers.sh"

What a capture holds shows the same machine, in every compression.

  $ machine dgx
  $ halctl $only_host --machine dgx list --json >before
  $ for end in tar tar.gz tgz tar.bz2 tar.xz tar.zst; do halctl --machine dgx capture "dgx.$end" >said && halctl $only_host --machine "dgx.$end" list --json | cmp before -; done
  $ cat said
  161 entries were written to dgx.tar.zst; `halctl --machine dgx.tar.zst list` shows the machine.
  $ halctl --machine dgx capture >/dev/null
  $ cmp dgx.tar machine.tar
  $ halctl $only_host list --machine machine.tar --json | cmp before -

So does a capture of a capture, of a machine that is damaged, and of this one.

  $ halctl --machine dgx.tar.xz capture again.tar >/dev/null
  $ cmp dgx.tar again.tar
  $ machine half_removed
  $ halctl $only_host --machine half_removed list --json >before
  $ halctl --machine half_removed capture half.tar >/dev/null
  $ halctl $only_host --machine half.tar list --json | cmp before -
  $ mkdir none
  $ halctl --plugin-path "$PWD/none" list >before 2>&1
  $ halctl capture live.tar >/dev/null 2>&1
  $ halctl --plugin-path "$PWD/none" --machine live.tar list 2>&1 | diff before -

Nothing that names one copy of a device gets in, and the same machine gives the same file.

  $ function=dgx/sys/devices/pci0000:1b/0000:1b:00.0
  $ mkdir -p $function/net/eth0 dgx/proc/driver/nvidia/gpus/0000:1b:00.0 dgx/sys/class/kfd/kfd/topology/nodes/1
  $ echo 0c:42:a1:00:00:01 >$function/net/eth0/address
  $ echo 1324521077311 >$function/serial_number
  $ printf 'Model: \t NVIDIA H100\nGPU UUID: \t GPU-5a1f\nDevice Minor: \t 0\n' >dgx/proc/driver/nvidia/gpus/0000:1b:00.0/information
  $ printf 'simd_count 0\nunique_id 598046273873802902\nhive_id 209565368034\n' >dgx/sys/class/kfd/kfd/topology/nodes/1/properties
  $ halctl --machine dgx capture dgx.tar >/dev/null
  $ halctl --machine dgx capture second.tar >/dev/null
  $ cmp dgx.tar second.tar
  $ grep -c -a -E '0c:42:a1|1324521077311|GPU-5a1f|598046273873802902|209565368034' dgx.tar
  0
  [1]
  $ tar -xOf dgx.tar proc sys/class/kfd | grep -a -E 'Model:|unique_id|hive_id'
  Model: \t NVIDIA H100 (esc)
  unique_id 1
  hive_id 2

What is there and cannot be read is said, and the rest is written.

  $ rm $function/numa_node; mkdir $function/numa_node
  $ halctl --machine dgx capture dgx.tar
  halctl: warning: /sys/devices/pci0000:1b/0000:1b:00.0/numa_node could not be read: Is a directory.
  164 entries were written to dgx.tar; `halctl --machine dgx.tar list` shows the machine.

A file that cannot be written leaves nothing, and what is no tree cannot be captured.

  $ halctl --machine dgx capture no/where.tar
  halctl: The file 'no/where.tar' cannot be written: No such file or directory.
  [4]
  $ mkdir folder.tar
  $ halctl --machine dgx capture folder.tar
  halctl: The file 'folder.tar' cannot be written: Is a directory.
  [4]
  $ ls -A | grep -F .tar.
  dgx.tar.bz2
  dgx.tar.gz
  dgx.tar.xz
  dgx.tar.zst
  $ cp "$CLI/machines/lspci-xxxx.txt" dump
  $ halctl --machine dump capture dump.tar
  halctl: 'dump' cannot be captured: it is no folder that holds sys/ or proc/.
  [2]
  $ mkdir empty
  $ halctl --machine empty capture empty.tar
  halctl: 'empty' cannot be captured: it is no folder that holds sys/ or proc/.
  [2]
  $ ls dump.tar empty.tar 2>/dev/null
  [2]
