  $ . "$CLI/helpers.sh"

Nothing is kept yet.

  $ halctl cache show | tidy | sed 's|/[^ :]*/cache|CACHE|'
  CACHE/hal/code: 0 compiled modules, 0 B of at most 1.00 GiB
  $ halctl cache limit 512MiB | sed 's/.*code: //'
  0 compiled modules, 0 B of at most 512 MiB
  $ halctl cache show --json | value limit
  536870912
  $ HAL_CACHE_LIMIT=2KiB halctl cache show --json | value limit
  2048

What is there is counted, and goes; what a killed process left goes with it.

  $ mkdir -p "$XDG_CACHE_HOME/hal/code" && printf 12345 >"$XDG_CACHE_HOME/hal/code/a.code" && touch "$XDG_CACHE_HOME/hal/code/x.1.2.part"
  $ halctl cache show --json | value bytes
  5
  $ halctl cache clear
  Removed 1 compiled module, 5 B.
  $ ls "$XDG_CACHE_HOME/hal/code"

Switched off, and bad input.

  $ HAL_CACHE=off halctl cache show
  halctl: Nothing is kept: HAL_CACHE is 'off', --no-cache was given, or there is neither HOME nor XDG_CACHE_HOME.
  [4]
  $ halctl --no-cache cache clear
  halctl: Nothing is kept: HAL_CACHE is 'off', --no-cache was given, or there is neither HOME nor XDG_CACHE_HOME.
  [4]
  $ halctl cache limit much
  halctl: 'much' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, MB, GB or TB.
  [2]
  $ halctl cache
  halctl: A subcommand is required; `halctl cache --help` tells more.
  [2]
