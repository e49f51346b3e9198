  $ . "$CLI/helpers.sh"

0: it worked.

  $ halctl --version
  halctl 0.1.0, plugin boundary 1.1
  $ halctl list --version | cut -d ' ' -f 1
  halctl
  $ for verb in '' list show plugins selftest conform new-plugin bundle why complete; do halctl $verb --help >help || echo $verb; done
  $ halctl show --help | grep -i usage
  Usage: halctl show [OPTIONS] DEVICE
  $ halctl -h | cmp - <(halctl --help)

The help of each verb names every option of it.

  $ names() { for name in "${@:2}"; do halctl $1 --help | grep -q -e "$name" || echo "$1: $name"; done; }
  $ common="--help --color --deadline --machine --no-cache --plugin-path"
  $ names '' $common --version list show doctor tree topo watch cdi slurm labels plugins selftest conform capture new-plugin bundle why
  $ names list $common --json
  $ names show $common --json DEVICE
  $ names doctor $common --json DEVICE
  $ names tree $common --json --dot --all
  $ names topo $common --json
  $ names watch $common --json --count --interval
  $ names cdi $common --output --kind --domain
  $ names slurm $common --json
  $ names labels $common --json --prefix
  $ names plugins $common --json
  $ names selftest $common --json --size DEVICE
  $ names conform $common PLUGIN
  $ names capture $common FILE
  $ names why $common --json --device BUNDLE KERNEL
  $ names new-plugin $common --vendor-id --vendor NAME DIR

1: it failed.

  $ mkdir null
  $ cp "$HAL_BUILD"/tests/fixtures/plugins/null/null.so "$HAL_BUILD"/tests/fixtures/plugins/null/null.json null
  $ halctl --plugin-path "$PWD/null" selftest null:0 --size 16 >out
  [1]

2: the command line is wrong. The sentence names the value, and what may have been meant.

  $ halctl
  halctl: A verb is missing; `halctl --help` lists them.
  [2]
  $ halctl lst
  halctl: There is no verb 'lst' (is 'list' meant?); `halctl --help` lists them.
  [2]
  $ halctl --color always lst --json
  halctl: There is no verb 'lst' (is 'list' meant?); `halctl --help` lists them.
  [2]
  $ halctl --plugin-path /nowhere self
  halctl: There is no verb 'self' (is 'selftest' meant?); `halctl --help` lists them.
  [2]
  $ halctl xyzzy
  halctl: There is no verb 'xyzzy'; `halctl --help` lists them.
  [2]
  $ halctl ''
  halctl: There is no verb ''; `halctl --help` lists them.
  [2]
  $ halctl "$(printf 'li\033[31mst\n')"
  halctl: There is no verb 'li?[31mst'; `halctl --help` lists them.
  [2]
  $ halctl --jsn
  halctl: `halctl` has no option '--jsn'; `halctl --help` lists them.
  [2]
  $ halctl -v
  halctl: `halctl` has no option '-v'; `halctl --help` lists them.
  [2]
  $ halctl list --jsn
  halctl: `halctl list` has no option '--jsn' (is '--json' meant?); `halctl list --help` lists them.
  [2]
  $ halctl list --jsn=5
  halctl: `halctl list` has no option '--jsn' (is '--json' meant?); `halctl list --help` lists them.
  [2]
  $ halctl list --colr=never
  halctl: `halctl list` has no option '--colr' (is '--color' meant?); `halctl list --help` lists them.
  [2]
  $ halctl list --verbose
  halctl: `halctl list` has no option '--verbose' (is '--version' meant?); `halctl list --help` lists them.
  [2]
  $ halctl list --size 5
  halctl: `halctl list` has no option '--size'; `halctl list --help` lists them.
  [2]
  $ halctl list everything
  halctl: `halctl list` does not take 'everything'; `halctl list --help` tells what it takes.
  [2]
  $ halctl list show 0
  halctl: `halctl list` does not take 'show'; `halctl list --help` tells what it takes.
  [2]
  $ halctl show 0 1 2
  halctl: `halctl show` does not take '1'; `halctl show --help` tells what it takes.
  [2]
  $ halctl list -- now
  halctl: `halctl list` does not take 'now'; `halctl list --help` tells what it takes.
  [2]
  $ halctl show
  halctl: DEVICE is required; `halctl show --help` tells more.
  [2]
  $ halctl new-plugin acme
  halctl: DIR is required; `halctl new-plugin --help` tells more.
  [2]
  $ halctl selftest --size
  halctl: '--size' needs a value; `halctl selftest --help` tells more.
  [2]
  $ halctl list --color
  halctl: '--color' needs a value; `halctl list --help` tells more.
  [2]
  $ halctl --color list
  halctl: A verb is missing; `halctl --help` lists them.
  [2]
  $ halctl --color=purple list
  halctl: 'purple' is no choice for --color: it is auto, always or never.
  [2]
  $ halctl --color=purple new-plugin acme acme
  halctl: 'purple' is no choice for --color: it is auto, always or never.
  [2]
  $ halctl --plugin-path nowhere list
  halctl: 'nowhere' in --plugin-path is no absolute path.
  [2]
  $ halctl --plugin-path "$PWD::$PWD" list
  halctl: '' in --plugin-path is no absolute path.
  [2]
  $ halctl list --machine nowhere
  halctl: The recorded machine 'nowhere' is not there.
  [2]
  $ halctl $only_host show 'the first'
  halctl: 'the first' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or 17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).
  [2]
  $ halctl $only_host selftest --size 12XB
  halctl: '12XB' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  [2]

3: there is no such device or plugin.

  $ halctl --plugin-path "$PWD/none" show host:0 2>&1 | sed 's/;.*//'
  halctl: There is no device 'host:0'
  $ halctl --plugin-path "$PWD/none" show host:0 2>complaint
  [3]
  $ halctl $only_host conform nobody
  halctl: 'nobody' is neither a file nor the name of a plugin that is found; `halctl plugins` lists those.
  [3]

4: it is there and cannot be used. 5: a part of the HAL is not installed.

  $ mkdir -p bare/runtime/halctl bare/tests/conformance bare/meson-info
  $ cp "$HAL_BUILD/runtime/halctl/halctl" bare/runtime/halctl; cp -L "$HAL_BUILD/runtime/libhal.so.0" bare/runtime
  $ bare/runtime/halctl/halctl conform host
  halctl: hal-conformance is not installed; build the HAL with -Dtests=true, which is the default.
  [5]
  $ echo text >bare/tests/conformance/hal-conformance; echo text >plugin.so
  $ bare/runtime/halctl/halctl conform plugin.so 2>&1 | tidy
  halctl: HERE/bare/tests/conformance/hal-conformance cannot be run: Permission denied.
  $ bare/runtime/halctl/halctl conform plugin.so 2>complaint
  [4]
  $ bare/runtime/halctl/halctl list 2>&1 | tidy
  halctl: warning: The PCI bus was not scanned: the hal-pci module, which reads it through libpci, could not be loaded. Install the package that holds it (and libpci itself), or check the HAL's installation. HERE/bare/runtime/hal/hal-pci.so cannot be loaded: No such file or directory.
  There is no accelerator in this machine.

6: standard output could not be written.

  $ halctl $only_host list --machine "$CLI/machines/lspci-xxxx.txt" >/dev/full
  halctl: Standard output cannot be written: No space left on device.
  [6]

One sentence each, on standard error, and nothing on standard output.

  $ halctl lst 2>complaint
  [2]
  $ grep -c '' complaint
  1
  $ halctl list --machine nowhere 2>/dev/null
  [2]
