  $ . "$CLI/helpers.sh"

  $ halctl new-plugin acme made --vendor-id 0x10de --vendor 'Acme "Fast" Ltd' | sed 's/[0-9]* files/SOME files/'
  The plugin acme is in made: SOME files. Build and judge it there:
    meson setup build
    meson test -C build
  $ find made -type f | sort
  made/.gitignore
  made/README.md
  made/meson.build
  made/meson_options.txt
  made/plugins/acme/acme.json
  made/plugins/acme/api.cpp
  made/plugins/acme/api.hpp
  made/plugins/acme/device.cpp
  made/plugins/acme/device.hpp
  made/plugins/acme/event.cpp
  made/plugins/acme/event.hpp
  made/plugins/acme/graph.cpp
  made/plugins/acme/graph.hpp
  made/plugins/acme/memory.cpp
  made/plugins/acme/memory.hpp
  made/plugins/acme/meson.build
  made/plugins/acme/metrics.cpp
  made/plugins/acme/metrics.hpp
  made/plugins/acme/module.cpp
  made/plugins/acme/module.hpp
  made/plugins/acme/plugin.cpp
  made/plugins/acme/plugin.hpp
  made/plugins/acme/status.cpp
  made/plugins/acme/status.hpp
  made/plugins/acme/stream.cpp
  made/plugins/acme/stream.hpp
  made/plugins/acme/vendor/code.cpp
  made/plugins/acme/vendor/driver.cpp
  made/plugins/acme/vendor/simulation.hpp
  made/plugins/acme/vendor/vendor.h
  $ cat made/plugins/acme/acme.json
  {
    "name": "acme",
    "version": "0.1.0",
    "description": "Example of a plugin over a simulated accelerator",
    "vendor": "Acme \"Fast\" Ltd",
    "library": "hal-acme.so",
    "abi": { "major": 1, "minor": 0 },
    "match": [
      { "vendor": "0x10de" }
    ],
    "needs": {
      "kernel_drivers": [],
      "device_nodes": [],
      "libraries": [],
      "visibility_variables": []
    }
  }

Into an empty folder, by a path with a slash at its end.

  $ mkdir empty
  $ halctl new-plugin acme empty/ >out
  $ diff <(cd made && find | sort) <(cd empty && find | sort)

What is there stays as it is, and nothing else comes.

  $ mkdir full; echo mine >full/mine; echo text >file; ln -s full link; ln -s nowhere dangling
  $ ls -A >before
  $ halctl new-plugin acme full 2>&1 | tidy
  halctl: HERE/full exists and is not empty; nothing was written.
  $ halctl new-plugin acme link 2>&1 | tidy
  halctl: HERE/link exists and is no folder.
  $ halctl new-plugin acme dangling 2>&1 | tidy
  halctl: HERE/dangling exists and is no folder.
  $ halctl new-plugin acme file 2>&1 | tidy
  halctl: HERE/file exists and is no folder.
  $ halctl new-plugin acme file/acme 2>&1 | tidy
  halctl: HERE/file/acme cannot be made: there is no folder HERE/file.
  $ halctl new-plugin acme no/where 2>&1 | tidy
  halctl: HERE/no/where cannot be made: there is no folder HERE/no.
  $ halctl new-plugin acme ''
  halctl: The folder's name is empty; name a new folder.
  [2]
  $ mkdir here; (cd here && halctl new-plugin acme . 2>&1 | tidy); rmdir here
  halctl: HERE is the current folder, which cannot be replaced; name a new one.
  $ halctl new-plugin acme full 2>complaint
  [2]
  $ rm complaint
  $ ls -A | diff before -
  $ ls full
  mine

A disk that is full in the middle.

  $ (trap '' XFSZ; ulimit -f 1; halctl new-plugin acme unfinished 2>&1 | sed -E 's|[^ ]*\.new-[0-9-]*|TEMPORARY|')
  halctl: TEMPORARY/README.md cannot be written: File too large.
  $ ls -A | diff before -

Names, vendors and ids that are none.

  $ for name in '' Acme 9lives a-b 'a b' ../acme aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do halctl new-plugin "$name" x; echo $?; done
  halctl: '' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: 'Acme' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: '9lives' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: 'a-b' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: 'a b' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: '../acme' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  halctl: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is no plugin's name: at most 32 lower case letters, digits and underscores, beginning with a letter.
  2
  $ for id in '' 10de 0x 0xg 0x12345 0x-1; do halctl new-plugin acme x --vendor-id "$id"; echo $?; done
  halctl: '' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  halctl: '10de' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  halctl: '0x' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  halctl: '0xg' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  halctl: '0x12345' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  halctl: '0x-1' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.
  2
  $ halctl new-plugin acme x --vendor ''
  halctl: The vendor's name '' has 0 bytes; it must have 1 to 63.
  [2]
  $ halctl new-plugin acme x --vendor "$(printf 'two\nlines')"
  halctl: The vendor's name holds the control character 0x0a; it is one line of text.
  [2]
  $ halctl new-plugin acme x --vendor "$(printf '%064d' 0)"
  halctl: The vendor's name '0000000000000000000000000000000000000000000000000000000000000000' has 64 bytes; it must have 1 to 63.
  [2]
  $ ls -A | diff before -
  > x
  /bin/bash: line 59: x: command not found
  [127]
