  $ . "$CLI/helpers.sh"

  $ halctl $only_host plugins | tidy
  NAME  VERSION  STATE      DEVICES  DESCRIPTION
  host  0.1.0    available        1  The CPU as a device: native kernels on all cores
  
  host
    manifest BUILD/plugins/host/host.json
    library  BUILD/plugins/host/hal-host.so
  
  searched
    BUILD/plugins/host (given)
  $ halctl $only_host plugins --json | tidy
  {
    "schema": 1,
    "plugins": [
      {
        "name": "host",
        "version": "0.1.0",
        "description": "The CPU as a device: native kernels on all cores",
        "manifest": "BUILD/plugins/host/host.json",
        "library": "BUILD/plugins/host/hal-host.so",
        "state": "available",
        "device_count": 1
      }
    ],
    "searched": [
      {
        "path": "BUILD/plugins/host",
        "origin": "given"
      }
    ]
  }

An empty folder, one that is not there, and several at once.

  $ mkdir empty
  $ halctl --plugin-path "$PWD/empty:$PWD/nowhere" plugins | tidy
  There is no plugin.
  
  searched
    HERE/empty (given)
    HERE/nowhere (given)

Every way in which a manifest can be wrong is told; the others stay.

  $ mkdir all; cd all
  $ manifest badname '{"any": true}'; sed -i 's/"badname"/"Bad Name"/' badname/badname.json
  $ mkdir cut empty; printf '{"name": "cut", ' >cut/cut.json; : >empty/empty.json
  $ manifest future '{"any": true}'; sed -i 's/"major": 1/"major": 2/' future/future.json
  $ manifest library '{"any": true}' ../../library.so
  $ manifest nomatch '{"any": true}'; sed -i 's/"match"/"matches"/' nomatch/nomatch.json
  $ manifest vendor '{"vendor": "4318"}'
  $ ln -s "$HAL_BUILD/plugins/host" host
  $ cd ..
  $ halctl --plugin-path "$PWD/all" plugins | sed '/^$/,$d'
  NAME     VERSION  STATE      DEVICES  DESCRIPTION
  badname           refused
  cut               refused
  empty             refused
  future   1.0      refused
  host     0.1.0    available        1  The CPU as a device: native kernels on all cores
  library           refused
  nomatch           refused
  vendor            refused
  $ halctl --plugin-path "$PWD/all" plugins --json | reasons
  badname refused plugin_refused
    The manifest HERE/all/badname/badname.json: 'name' must be at most 32 lower case letters, digits and underscores, beginning with a letter; given is "Bad Name".
  cut refused plugin_refused
    The manifest HERE/all/cut/cut.json is not JSON: byte 17.
  empty refused plugin_refused
    The manifest HERE/all/empty/empty.json is not JSON: byte 1.
  future refused plugin_refused
    The manifest HERE/all/future/future.json asks for a version of the plugin boundary from 2.0 to 2.65535; this library has 1.1.
  host available 
  library refused plugin_refused
    The manifest HERE/all/library/library.json: 'library' must be the name of a file beside the manifest, without folders; given is "../../library.so".
  nomatch refused plugin_refused
    The manifest HERE/all/nomatch/nomatch.json lacks 'match'.
  vendor refused plugin_refused
    The manifest HERE/all/vendor/vendor.json: 'match[0].vendor' must be hexadecimal, as "0x10de"; given is "4318".

So are libraries that are none.

  $ mkdir libraries; cd libraries
  $ manifest absent '{"any": true}'
  $ manifest folder '{"any": true}'; mkdir folder/folder.so
  $ manifest loop '{"any": true}'; ln -s loop.so loop/loop.so
  $ manifest text '{"any": true}'; echo 'not a library' >text/text.so
  $ manifest cut '{"any": true}'; head -c 100 "$HAL_BUILD/plugins/host/hal-host.so" >cut/cut.so
  $ fixture no_symbol
  $ fixture wrong_major
  $ fixture probe_fails
  $ fixture no_device
  $ manifest idle '{"vendor": "0xfffe"}'
  $ cd ..
  $ halctl --plugin-path "$PWD/libraries" plugins --json | reasons | sed 's/\(cut short\):.*/\1/'
  absent refused plugin_refused
    HERE/libraries/absent/absent.so cannot be loaded: No such file or directory.
  cut refused plugin_refused
    HERE/libraries/cut/cut.so cannot be loaded: it is cut short
  folder refused plugin_refused
    HERE/libraries/folder/folder.so cannot be loaded: it is a directory.
  idle idle no_hardware
    The machine has no hardware that its manifest matches; it was not loaded.
  loop refused plugin_refused
    HERE/libraries/loop/loop.so cannot be loaded: Too many levels of symbolic links.
  no_device available no_device
    The plugin works and found no device.
  no_symbol refused plugin_refused
    HERE/libraries/no_symbol/no_symbol.so is no plugin: it does not export hal_plugin_query.
  probe_fails failed probe_failed
    libexample.so.1 answered 999; load the driver.
  text refused plugin_refused
    HERE/libraries/text/text.so cannot be loaded: it is not an ELF file.
  wrong_major refused plugin_refused
    HERE/libraries/wrong_major/wrong_major.so was built for version 2.1 of the plugin boundary; this library has 1.1, and the first numbers must be equal. Install the plugin that belongs to this version.

None of them hides the host device.

  $ HAL_PLUGIN_PATH="$PWD/all:$PWD/libraries" halctl list 2>warnings | grep -c 'host:0 *usable'
  1

Of two plugins with one name the first counts.

  $ mkdir first second
  $ cp "$HAL_BUILD"/plugins/host/hal-host.so "$HAL_BUILD"/plugins/host/host.json first
  $ cp "$HAL_BUILD"/plugins/host/hal-host.so "$HAL_BUILD"/plugins/host/host.json second
  $ halctl --plugin-path "$PWD/first:$PWD/second" plugins --json | reasons
  host available 
  host refused plugin_refused
    Another plugin named 'host' comes earlier on the search path: HERE/first/host.json.
  $ halctl --plugin-path "$PWD/first:$PWD/second" list | grep -c host:0
  1

One folder by two names is searched once.

  $ ln -s first again
  $ halctl --plugin-path "$PWD/first:$PWD/again" plugins --json | value plugins | grep -o '"state": "[a-z]*"'
  "state": "available"

HAL_PLUGIN_PATH comes before what belongs to the HAL, relative folders do not count.

  $ HAL_PLUGIN_PATH="first::$PWD/first:" halctl plugins --json | value searched | tidy
  [{"path": "HERE/first", "origin": "HAL_PLUGIN_PATH"}, {"path": "BUILD/plugins", "origin": "build tree"}]

HAL_PLUGINS: only these, or all but these.

  $ rules() { HAL_PLUGINS="$1" halctl $only_host plugins --json | value plugins.0 | grep -o -e '"state": "[a-z]*"' -e '"text": ".*"'; }
  $ rules host
  "state": "available"
  $ rules -host
  "state": "excluded"
  "text": "The plugin rule '-host' excludes it."
  $ rules acme
  "state": "excluded"
  "text": "The plugin rule 'acme' excludes it."
  $ HAL_PLUGINS=-host halctl $only_host plugins | tidy
  NAME  VERSION  STATE     DESCRIPTION
  host  0.1.0    excluded  The CPU as a device: native kernels on all cores
  
  host
    manifest BUILD/plugins/host/host.json
    library  BUILD/plugins/host/hal-host.so
    The plugin rule '-host' excludes it.
  
  searched
    BUILD/plugins/host (given)
  $ rules ' host , acme,'
  "state": "available"
  $ rules ''
  "state": "available"
  $ HAL_PLUGINS=-host halctl $only_host list --machine /nowhere
  halctl: The recorded machine '/nowhere' is not there.
  [2]
  $ HAL_PLUGINS=-host halctl $only_host show host:0 2>&1 | sed 's/;.*//'
  halctl: There is no device 'host:0'
  $ HAL_PLUGINS=Host halctl $only_host plugins
  halctl: 'Host' in the plugin rule 'Host' is no plugin's name: lower case letters, digits and underscores, after a '-' to exclude.
  [2]
  $ HAL_PLUGINS='host acme' halctl $only_host list
  halctl: 'host acme' in the plugin rule 'host acme' is no plugin's name: lower case letters, digits and underscores, after a '-' to exclude.
  [2]
  $ HAL_PLUGINS=host,-host halctl $only_host list
  halctl: The plugin rule 'host,-host' both asks for 'host' and excludes it.
  [2]

Preferred in the order in which they are named.

  $ mkdir pair; cd pair; fixture heap_a; fixture heap_b; cd ..
  $ HAL_PLUGINS=heap_b,heap_a halctl --plugin-path "$PWD/pair" plugins | head -3
  NAME    VERSION  STATE      DEVICES
  heap_b  1        available        2
  heap_a  1        available        2
