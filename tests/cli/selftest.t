  $ . "$CLI/helpers.sh"

Times and bandwidths are the machine's, and so is how much memory may be pinned.

  $ steps() { sed -E 's/^(host:0:).*/\1/; /pinned memory/s/ +(ok|skipped).*//; s/ (ok|skipped|failed) .*/ \1/'; }
  $ halctl $only_host selftest host:0 --size 64KiB | grep -v 'pinned memory:' | steps
  host:0:
    allocate               ok
    copy to the device     ok
    copy to the host       ok
    copies of odd sizes    ok
    copy on the device     ok
    copy of rows           ok
    fill                   ok
    pinned memory
    events                 ok
    order between streams  ok
    host function          ok
    graph                  ok
    vector add             ok

Sizes that are no multiple of anything, and a small one with a unit.

  $ for size in 1 3 4097 0.25KiB; do halctl $only_host selftest host:0 --size $size | grep -c ' ok '; done | sed -E 's/1[23]/all/'
  all
  all
  all
  all
  $ halctl $only_host selftest host:0 --size 1 --json >json
  $ value schema <json
  1
  $ value devices.0.device <json
  host:0
  $ value devices.0.passed <json
  true
  $ "$PYTHON" -c '
  > import json
  > for step in json.load(open("json"))["devices"][0]["steps"]:
  >     if step["name"] != "pinned memory":
  >         print(step["name"], step["outcome"], step["seconds"] > 0, step.get("bytes"))'
  allocate ok True None
  copy to the device ok True 1
  copy to the host ok True 1
  copies of odd sizes ok True None
  copy on the device ok True 2
  copy of rows ok True None
  fill ok True 4
  events ok True None
  order between streams ok True None
  host function ok True None
  graph ok True None
  vector add ok True 12

Without a name: every device that can be used, each once.

  $ halctl $only_host selftest --size 1KiB --json 2>warnings | value devices.-1.device
  host:0

A device that breaks a promise: the step that rests on it fails.

  $ manifest host '{"any": true}' conformance-mutant.so
  $ cp "$HAL_BUILD/tests/conformance/mutant/conformance-mutant.so" host/
  $ export HAL_MUTANT_PLUGIN="$HAL_BUILD/plugins/host/hal-host.so"
  $ with_fault() { HAL_MUTANT_FAULT="$1" halctl --plugin-path "$PWD/host" selftest --size 4099 | awk '/ failed/ { sub(/ +failed/, ""); print }'; }
  $ with_fault none
  $ with_fault 'a copy drops its last byte'
    copy on the device
    pinned memory
    order between streams
    graph
  $ with_fault 'a fill has the wrong width'
    fill
  $ with_fault 'pitches are taken for one another'
    copy of rows
  $ with_fault 'time runs backwards'
    events
  $ with_fault 'host functions are called twice'
    host function
  $ with_fault 'a graph is launched and does nothing'
    graph

Its blocks write the same elements at once: that race is the fault.

  $ (export TSAN_OPTIONS=report_bugs=0; with_fault 'a launch takes x for y')
    vector add

A plugin that does nothing, and gives other memory than was asked for.

  $ mkdir null
  $ cp "$HAL_BUILD"/tests/fixtures/plugins/null/null.so "$HAL_BUILD"/tests/fixtures/plugins/null/null.json null
  $ halctl --plugin-path "$PWD/null" selftest null:0 --size 16 | sed -E 's/ +[0-9.]+ (ns|us|ms).*//'
  null:0: Fixture null
    allocate               failed
    copy to the device     failed
    copy to the host       failed
    copies of odd sizes    failed
    copy on the device     failed
    copy of rows           skipped
    fill                   failed
    pinned memory          skipped
    events                 skipped
    order between streams  failed
    host function          skipped
    graph                  failed
    vector add             skipped
    allocate: 16 bytes were asked for, 1099511627776 came.
    copy to the device: 16 bytes were asked for, 1099511627776 came.
    copy to the host: 16 bytes were asked for, 1099511627776 came.
    copies of odd sizes: 8192 bytes were asked for, 1099511627776 came.
    copy on the device: 16 bytes were asked for, 1099511627776 came.
    copy of rows: the device has no copy_2d
    fill: 16 bytes were asked for, 1099511627776 came.
    pinned memory: the device has no host_memory
    events: the device has no timestamps
    order between streams: 16 bytes were asked for, 1099511627776 came.
    host function: the device has no host_functions
    graph: 4096 bytes were asked for, 1099511627776 came.
    vector add: there is no kernel 'vector_add' in a format that the device takes
  $ halctl --plugin-path "$PWD/null" selftest null:0 --size 16 >out
  [1]
  $ halctl --plugin-path "$PWD/null" selftest null:0 --size 16 --json | value devices.0.passed
  false

What a device cannot do is skipped, with the reason. This one counts its time backwards.

  $ fixture heap_a
  $ halctl --plugin-path "$PWD/heap_a" selftest heap_a:0 --size 16 | sed -E 's/ +[0-9.]+ (ns|us|ms).*//; s/(-[0-9]+ ns apart).*/\1/'
  heap_a:0: Fixture heap_a
    allocate               ok
    copy to the device     ok
    copy to the host       ok
    copies of odd sizes    ok
    copy on the device     ok
    copy of rows           skipped
    fill                   ok
    pinned memory          ok
    events                 failed
    order between streams  ok
    host function          skipped
    graph                  ok
    vector add             skipped
    copy of rows: the device has no copy_2d
    events: The events are -5 ns apart
    host function: the device has no host_functions
    vector add: there is no kernel 'vector_add' in a format that the device takes

One that cannot be opened does not hide the others.

  $ mkdir pair; cd pair; fixture open_gives_nothing; fixture heap_a; cd ..
  $ halctl --plugin-path "$PWD/pair" selftest --size 16 >out
  [1]
  $ grep -v '  ' out
  heap_a:0: Fixture heap_a
  heap_a:1: Fixture heap_a
  open_gives_nothing:0: Fixture open_gives_nothing
  $ grep -A2 open_gives out
  open_gives_nothing:0: Fixture open_gives_nothing
    open  failed
    open: The plugin opened open_gives_nothing:0 and gave no device.

Sizes that are none.

  $ for size in 0 0.5 -1 12XB 1e3 '' ' ' nan inf 99999999999TiB 1TiBs; do halctl $only_host selftest host:0 --size "$size"; echo $?; done
  halctl: '--size' is 0 bytes; the least is 1.
  2
  halctl: '--size' is 0 bytes; the least is 1.
  2
  halctl: '-1' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: '12XB' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: '1e3' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: '' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: ' ' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: 'nan' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: 'inf' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  halctl: The size '99999999999TiB' is beyond 8 EiB.
  2
  halctl: '1TiBs' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  2
  $ halctl $only_host selftest host:0 --size 1048576TiB 2>&1 | sed -E 's/has [0-9.]+ .iB/has SOME/'
  halctl: '--size' is 1.00 EiB (1152921504606846976 B); host:0 has SOME of memory, and 4 times the size must fit in.
  $ halctl $only_host selftest host:0 --size 1048576TiB 2>complaint
  [2]

Devices that are none.

  $ halctl $only_host selftest host:1 2>&1 | sed 's/;.*//'
  halctl: There is no device 'host:1'
  $ halctl $only_host selftest host:1 2>complaint
  [3]
  $ halctl $only_host selftest the-first
  halctl: 'the-first' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ HAL_PLUGINS=-host halctl $only_host selftest
  halctl: There is no device that can be used; `halctl list` says why.
  [3]
