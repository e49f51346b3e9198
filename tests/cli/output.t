  $ . "$CLI/helpers.sh"
  $ machine plain
  $ seen() { sed 's/\x1b/ESC/g'; }
  $ halctl="halctl $only_host list --machine plain"

Colours on a terminal, not in a pipe, and as asked for.

  $ $halctl | grep -c "$(printf '\033')"
  0
  [1]
  $ TERM=xterm on_terminal 100 $halctl | seen
  ESC[1m#ESC[0m  ESC[1mADDRESSESC[0m       ESC[1mTYPEESC[0m   ESC[1mNAMEESC[0m       ESC[1mDRIVERESC[0m  ESC[1mSTATEESC[0m
  0  0000:17:00.0  gpu    10de:fff0  nvidia  ESC[31mno_pluginESC[0m
  1  0000:65:00.0  other  10de:fff1          ESC[31mno_pluginESC[0m
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ NO_COLOR=1 on_terminal 100 $halctl | seen
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  0  0000:17:00.0  gpu    10de:fff0  nvidia  no_plugin
  1  0000:65:00.0  other  10de:fff1          no_plugin
  
  0, 1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ NO_COLOR= on_terminal 100 $halctl | seen | head -1
  ESC[1m#ESC[0m  ESC[1mADDRESSESC[0m       ESC[1mTYPEESC[0m   ESC[1mNAMEESC[0m       ESC[1mDRIVERESC[0m  ESC[1mSTATEESC[0m
  $ TERM=dumb on_terminal 100 $halctl | seen | head -1
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  $ TERM= on_terminal 100 $halctl | seen | head -1
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  $ on_terminal 100 $halctl --color=never | seen | head -1
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  $ NO_COLOR=1 $halctl --color=always | seen | head -1
  ESC[1m#ESC[0m  ESC[1mADDRESSESC[0m       ESC[1mTYPEESC[0m   ESC[1mNAMEESC[0m       ESC[1mDRIVERESC[0m  ESC[1mSTATEESC[0m
  $ $halctl --json --color=always | grep -c "$(printf '\033')"
  0
  [1]

100 columns, or those of a narrower terminal. Only what may be cut is.

  $ cat >wide.txt <<END
  > 0000:17:00.0 10de:fff0 030200 0000:0000 00 0 $(printf 'a_driver_with_a_name_%.0s' 1 2 3 4 5 6 7)
  > 10000:17:00.0 10de:fff1 120000 0000:0000 00 0 nvidia
  > END
  $ "$PYTHON" "$CLI/make_machine.py" wide.txt wide
  $ halctl $only_host list --machine wide | wider_than 100
  $ machine mixed
  $ halctl $only_host list --machine mixed | wider_than 100
  $ halctl $only_host list --machine wide | head -2
  #  ADDRESS        TYPE   NAME       DRIVER                                                 STATE
  0  0000:17:00.0   gpu    10de:fff0  a_driver_with_a_name_a_driver_with_a_name_a_driver_w\xe2\x80\xa6  no_plugin (esc)
  $ on_terminal 70 halctl $only_host list --machine wide --color=never | wider_than 70
  $ on_terminal 20 halctl $only_host list --machine wide --color=never | wider_than 60
  $ on_terminal 300 halctl $only_host list --machine wide --color=never | wider_than 100
  $ halctl $only_host list --machine wide --json | value devices.0.kernel_driver | wc -c
  148
  $ halctl $only_host show 0 --machine wide | grep -c 'a_driver_with_a_name_a_driver'
  1

Nothing from outside commands the terminal.

  $ manifest evil '{"any": true}' evil.so ', "description": "\u001b[31mred\u009b31m\u0007 two\nlines"'
  $ halctl --plugin-path "$PWD/evil" plugins | head -2 | seen
  NAME  VERSION  STATE    DESCRIPTION
  evil  1.0      refused  ?[31mred?31m? two lines

Standard output that cannot be written is told, once.

  $ $halctl >/dev/full
  halctl: Standard output cannot be written: No space left on device.
  [6]
  $ $halctl >&-
  halctl: Standard output cannot be written: Bad file descriptor.
  [6]
  $ $halctl --json >/dev/full 2>&-
  [6]
  $ halctl --help >/dev/full
  halctl: Standard output cannot be written: No space left on device.
  [6]
  $ halctl --version >/dev/full
  halctl: Standard output cannot be written: No space left on device.
  [6]
  $ halctl complete verbs >&-
  halctl: Standard output cannot be written: Bad file descriptor.
  [6]
  $ halctl $only_host selftest host:0 --size 1 >/dev/full
  halctl: Standard output cannot be written: No space left on device.
  [6]

No file that halctl opens takes the place of a stream that was closed.

  $ $halctl <&- | head -1
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  $ $halctl 2>&- | head -1
  #  ADDRESS       TYPE   NAME       DRIVER  STATE
  $ halctl lst 2>&-
  [2]

Nobody reads on.

  $ $halctl | head -n 0
  $ into_closed_pipe default $halctl
  ended with -13
  $ into_closed_pipe ignored $halctl
  halctl: Standard output cannot be written: Broken pipe.
  ended with 6

A file that has no room for all of it is as long as before.

  $ machine dgx
  $ echo before >listing
  $ (trap '' XFSZ; ulimit -f 1; halctl $only_host list --machine dgx --json >>listing)
  halctl: Standard output cannot be written: File too large.
  [6]
  $ cat listing
  before
  $ (trap '' XFSZ; ulimit -f 1; halctl $only_host list --machine dgx --json >fresh)
  halctl: Standard output cannot be written: File too large.
  [6]
  $ wc -c <fresh
  0

Progress is for terminals, and gone at the end.

  $ halctl $only_host selftest host:0 --size 1 2>&1 >out | wc -c
  0
