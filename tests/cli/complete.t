  $ . "$CLI/helpers.sh"

  $ halctl complete verbs
  list
  show
  doctor
  tree
  topo
  watch
  cdi
  slurm
  labels
  plugins
  selftest
  bench
  conform
  capture
  new-plugin
  bundle
  compile
  cache
  run
  why
  $ halctl $only_host complete devices 2>warnings | tail -1
  host:0
  $ halctl $only_host complete plugins
  host
  $ mkdir none
  $ halctl --plugin-path "$PWD/none" complete plugins
  $ halctl complete everything 2>complaint
  [2]
  $ halctl complete 2>complaint
  [2]
  $ halctl --help | grep complete
  [1]

In the shell. "$1" is the line up to the cursor; printed is what the last word may become.

  $ . "$CLI/../../runtime/halctl/halctl.bash"
  $ offers() { COMP_LINE="$1"; COMP_POINT=${#1}; COMPREPLY=(); _halctl; printf '%s\n' "${COMPREPLY[@]}"; }
  $ complete -p halctl
  complete -F _halctl halctl
  $ offers 'halctl '
  list
  show
  doctor
  tree
  topo
  watch
  cdi
  slurm
  labels
  plugins
  selftest
  bench
  conform
  capture
  new-plugin
  bundle
  compile
  cache
  run
  why
  $ offers 'halctl li'
  list
  $ offers 'halctl --color never sel'
  selftest
  $ offers 'halctl -'
  --color
  --deadline
  --help
  --machine
  --no-cache
  --plugin-path
  --version
  $ offers 'halctl list --'
  --color
  --deadline
  --help
  --json
  --machine
  --no-cache
  --plugin-path
  --version
  $ offers 'halctl selftest --s'
  --size
  $ offers 'halctl new-plugin --v'
  --vendor
  --vendor-id
  --version
  $ offers 'halctl --color '
  auto
  always
  never
  $ offers 'halctl --color=a'
  auto
  always
  $ offers 'halctl list --color ne'
  never

Devices, with and without the colon at which the shell breaks words.

  $ halctl() { case "$*" in *'complete devices') printf '0\n1\n0000:17:00.0\nhost:0\nhost:1\n' ;; *) command halctl "$@" ;; esac; }
  $ offers 'halctl show '
  0
  1
  0000:17:00.0
  host:0
  host:1
  $ offers 'halctl show ho'
  host:0
  host:1
  $ (COMP_WORDBREAKS=' :'; offers 'halctl show host:')
  0
  1
  $ (COMP_WORDBREAKS=' :'; offers 'halctl show 0000:17')
  17:00.0
  $ (COMP_WORDBREAKS=' '; offers 'halctl show host:')
  host:0
  host:1
  $ offers 'halctl selftest --json host'
  host:0
  host:1
  $ offers 'halctl show 0 '
  
  $ unset -f halctl

Plugins and files.

  $ touch hosted.so; mkdir machines
  $ offers "halctl $only_host conform host"
  host
  hosted.so
  $ offers 'halctl conform hosted.so '
  
  $ offers 'halctl list --machine ma'
  machines
  $ offers 'halctl cdi --output m'
  machines
  $ offers 'halctl --plugin-path m'
  machines
  $ offers 'halctl new-plugin acme ma'
  machines
  $ offers 'halctl new-plugin ma'
  
  $ offers 'halctl nothing '
  
