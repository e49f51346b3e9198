  $ . "$CLI/helpers.sh"

Times are the machine's; what was measured is not.

  $ rows() { grep -E '^  [a-z]' | sed -E 's/ +[0-9][0-9.]* (ns|us|ms|s) .*//'; }
  $ halctl $only_host bench host:0 --quick >table
  $ sed -n 1p table | cut -d: -f1,2
  host:0
  $ sed -n 2p table | tr -s ' '
   median 10 % 90 % rate
  $ grep -v 'pinned' table | rows
    launch
    launch and synchronize
    graph of 100 launches
    event recorded and awaited by a stream
    event recorded and synchronized with
    allocate and free, 1.00 MiB
    allocate and free in stream order, 1.00 MiB
    copy to the device, pageable, 4.00 KiB
    copy to the host, pageable, 4.00 KiB
    copy on the device, 4.00 KiB
    fill, 4.00 KiB
    copy to the device, pageable, 64.0 KiB
    copy to the host, pageable, 64.0 KiB
    copy on the device, 64.0 KiB
    fill, 64.0 KiB
    copy to the device, pageable, 1.00 MiB
    copy to the host, pageable, 1.00 MiB
    copy on the device, 1.00 MiB
    fill, 1.00 MiB

The same for programs: every figure that was measured has its spread around it.

  $ halctl $only_host bench host:0 --quick --json >json
  $ value schema <json
  1
  $ value device <json
  host:0
  $ "$PYTHON" -c '
  > import json
  > made = json.load(open("json"))
  > figures = made["figures"]
  > print(made["quick"], len(figures))
  > for one in figures:
  >     if one["outcome"] == "skipped":
  >         assert "pinned" in one["name"] and one["detail"], one
  >         continue
  >     assert one["outcome"] == "ok", one
  >     assert 0 < one["seconds_low"] <= one["seconds"] <= one["seconds_high"], one
  >     assert one["samples"] >= 5 and one["operations"] >= 1, one
  >     assert ("bytes" in one) == (one["name"].startswith(("copy", "fill"))), one'
  True 25

What a device cannot do is skipped, with the reason once for all that it is about.

  $ mkdir null
  $ cp "$HAL_BUILD"/tests/fixtures/plugins/null/null.so "$HAL_BUILD"/tests/fixtures/plugins/null/null.json null
  $ halctl --plugin-path "$PWD/null" bench null:0 --quick | grep -Ev ' (ns|us|ms|s) |median' | sed -E 's/ +skipped *$/ skipped/' | sed 1d
    launch skipped
    launch and synchronize skipped
    graph of 100 launches skipped
    copy to the device, pinned, 4.00 KiB skipped
    copy to the host, pinned, 4.00 KiB skipped
    copy to the device, pinned, 64.0 KiB skipped
    copy to the host, pinned, 64.0 KiB skipped
    copy to the device, pinned, 1.00 MiB skipped
    copy to the host, pinned, 1.00 MiB skipped
    launch; launch and synchronize; graph of 100 launches: there is no kernel 'nothing' in a format
      that the device takes
    copy to the device, pinned, 4.00 KiB; copy to the host, pinned, 4.00 KiB; copy to the device,
      pinned, 64.0 KiB; copy to the host, pinned, 64.0 KiB; copy to the device, pinned, 1.00 MiB;
      copy to the host, pinned, 1.00 MiB: the device has no host_memory

A device must be named, and be there.

  $ halctl bench
  halctl: DEVICE is required; `halctl bench --help` tells more.
  [2]
  $ halctl $only_host bench host:7
  halctl: There is no device 'host:7'; there are host:0.
  [3]
