  $ . "$CLI/helpers.sh"

By path and by name, and a few cases only.

  $ halctl conform "$HAL_BUILD/plugins/host/hal-host.so" -- --case 'query: the*'
  3 passed, 0 failed, 0 skipped
  $ halctl $only_host conform host -- --case 'query: the*'
  3 passed, 0 failed, 0 skipped
  $ halctl $only_host conform host -- --case 'query: the*' --json 2>text | value passed
  3

A folder of that name does not hide the plugin, and neither does the rule.

  $ mkdir host
  $ HAL_PLUGINS=-host halctl $only_host conform host -- --case 'query: the*'
  3 passed, 0 failed, 0 skipped

From a path relative to here.

  $ ln -s "$HAL_BUILD/plugins/host/hal-host.so" link.so
  $ halctl conform ./link.so -- --case 'query: the*'
  3 passed, 0 failed, 0 skipped

A plugin that fails: one that does nothing.

  $ halctl conform "$HAL_BUILD/tests/fixtures/plugins/null/null.so" -- --case 'copy: *' >out
  [1]
  $ grep -c '[1-9][0-9]* failed' out
  1

What is no plugin.

  $ halctl conform nowhere.so
  halctl: The shared object 'nowhere.so' is not there.
  [3]
  $ halctl conform "$PWD/nowhere" 2>&1 | tidy
  halctl: The shared object 'HERE/nowhere' is not there.
  $ halctl conform host/ 2>&1 | tidy
  hal-conformance: "HERE/host/" could not be loaded: HERE/host/: cannot read file data: Is a directory.
  $ halctl $only_host conform nobody
  halctl: 'nobody' is neither a file nor the name of a plugin that is found; `halctl plugins` lists those.
  [3]
  $ halctl $only_host conform Nobody
  halctl: 'Nobody' is neither a file nor the name of a plugin that is found; `halctl plugins` lists those.
  [3]
  $ halctl $only_host conform ''
  halctl: '' is neither a file nor the name of a plugin that is found; `halctl plugins` lists those.
  [3]
  $ echo text >text.so
  $ halctl conform text.so 2>&1 | tidy
  hal-conformance: "HERE/text.so" could not be loaded: HERE/text.so: file too short.
  $ halctl conform text.so 2>complaint
  [2]
  $ halctl conform "$HAL_BUILD/tests/fixtures/plugins/no_symbol.so" 2>complaint
  [2]

The suite's own options are its own matter.

  $ halctl $only_host conform host --list
  halctl: `halctl conform` has no option '--list'; `halctl conform --help` lists them.
  [2]
  $ halctl $only_host conform host -- --case 'no such case'
  0 passed, 0 failed, 0 skipped
  hal-conformance: No case matches what was asked for.
  [2]
  $ halctl $only_host conform host -- --no-such-option 2>&1
  hal-conformance: The option "--no-such-option" does not exist; --help lists those that do.
  [2]
