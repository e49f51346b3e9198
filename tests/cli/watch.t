  $ . "$CLI/helpers.sh"
  $ machine plain
  $ until_line() { for i in $(seq 600); do grep -qs "$1" "$2" && return; sleep 0.1; done; echo "no '$1'"; cat "$2"; }

What is there, then what comes and goes: one line each.

  $ halctl $only_host watch --machine plain --interval 0.02 --count 2 >seen 2>warnings & watching=$!
  $ until_line 'present.*0000:65:00.0' seen
  $ mv plain/sys/bus/pci/devices/0000:17:00.0 kept
  $ until_line gone seen
  $ mv kept plain/sys/bus/pci/devices/0000:17:00.0
  $ wait $watching
  $ sed -E 's/^[0-9-]{10} [0-9:]{8}  /TIME  /' seen
  TIME  present  0000:17:00.0  gpu  10de:fff0
  TIME  present  0000:65:00.0  other  10de:fff1
  TIME  gone     0000:17:00.0  gpu  10de:fff0
  TIME  arrived  0000:17:00.0  gpu  10de:fff0
  $ cat warnings

The same for programs: an object a line, with the time in UTC.

  $ halctl $only_host watch --machine plain --json --interval 0.02 --count 1 >seen & watching=$!
  $ until_line '0000:65:00.0' seen
  $ rm plain/sys/bus/pci/devices/0000:65:00.0
  $ wait $watching
  $ sed -E 's/"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z"/"TIME"/' seen
  {"time":"TIME","change":"present","pci":"0000:17:00.0","type":"gpu","name":"10de:fff0","vendor":"NVIDIA"}
  {"time":"TIME","change":"present","pci":"0000:65:00.0","type":"other","name":"10de:fff1","vendor":"NVIDIA"}
  {"time":"TIME","change":"gone","pci":"0000:65:00.0","type":"other","name":"10de:fff1","vendor":"NVIDIA"}

A recorded machine is looked at every second; a wrong interval is refused.

  $ halctl $only_host watch --machine plain >seen & watching=$!
  $ until_line '0000:17:00.0' seen
  $ kill $watching
  $ halctl $only_host watch --machine plain --interval -1
  halctl: Given an interval of -1 s, expected one of up to 86400 s.
  [2]
  $ halctl $only_host watch --machine plain --interval nan
  halctl: Given an interval of nan s, expected one of up to 86400 s.
  [2]
  $ halctl $only_host watch --machine nowhere
  halctl: The recorded machine 'nowhere' is not there.
  [2]
