# What the tests of halctl share. Each begins with: . "$CLI/helpers.sh"

# machine NAME: builds the machine that machines/NAME.txt describes as the folder NAME.
machine() {
  "$PYTHON" "$CLI/make_machine.py" "$CLI/machines/$1.txt" "$1"
}

# server NAME: the same for machines/NAME.server, which tells more.
server() {
  "$PYTHON" "$CLI/make_server.py" "$CLI/machines/$1.server" "$1"
}

# Only the host plugin, whatever else was built.
only_host="--plugin-path $HAL_BUILD/plugins/host"

# manifest NAME MATCH [LIBRARY [MORE]]: NAME/NAME.json, with MATCH as its list of matches and MORE beginning with a comma.
manifest() {
  mkdir -p "$1"
  printf '{"name": "%s", "version": "1.0", "library": "%s", "abi": {"major": 1}, "match": [%s]%s}\n' \
    "$1" "${3:-$1.so}" "$2" "${4:-}" >"$1/$1.json"
}

# fixture NAME: a folder with one of tests/fixtures/plugins/ and a manifest for it.
fixture() {
  manifest "$1" '{"any": true}'
  cp "$HAL_BUILD/tests/fixtures/plugins/$1.so" "$1/"
}

# tidy: text without the folders of this run.
tidy() {
  sed "s|$HAL_BUILD|BUILD|g; s|$PWD|HERE|g"
}

# without_names: the listing without its NAME column, whose texts come from the machine's list of PCI names.
without_names() {
  awk '
    /^ *#.* NAME / && !seen { seen = 1; from = index($0, "NAME"); rest = substr($0, from); match(rest, /^NAME */); to = from + RLENGTH }
    NF == 0 { from = 0 }
    { print from ? substr($0, 1, from - 1) substr($0, to) : $0 }'
}

# value PATH: one value of the JSON document on standard input, as devices.0.name; JSON where it is no text.
value() {
  "$PYTHON" -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = value[int(key)] if isinstance(value, list) else value[key]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# reasons: every plugin of `halctl plugins --json`, with what is said of it.
reasons() {
  tidy | "$PYTHON" -c '
import json, sys
for plugin in json.load(sys.stdin)["plugins"]:
    print(plugin["name"], plugin["state"], plugin.get("reason", {}).get("id", ""))
    if "reason" in plugin:
        print(" ", plugin["reason"]["text"])'
}

# wider_than COLUMNS: the lines that are. A character is a column.
wider_than() {
  sed 's/…/./g' | awk -v most="$1" 'length > most'
}

# on_terminal COLUMNS COMMAND...: standard output and standard error are a terminal of that width.
on_terminal() {
  "$PYTHON" -c '
import pty, sys
sys.exit(pty.spawn(["sh", "-c", "stty cols " + sys.argv[1] + "; shift; exec \"$@\"", "sh"] + sys.argv[1:]) >> 8)' \
    "$@" </dev/null | tr -d '\r'
}

# into_closed_pipe default|ignored COMMAND...: nobody reads; SIGPIPE as said. Prints how it ended.
into_closed_pipe() {
  "$PYTHON" -c '
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
ran = subprocess.run(sys.argv[2:], stdout=writer, restore_signals=sys.argv[1] == "default")
print(f"ended with {ran.returncode}")' "$@"
}

# plain_tree: a tree with its branches in ASCII, without spaces at the ends of lines.
plain_tree() {
  sed 's/├─/+-/g; s/└─/`-/g; s/│/|/g; s/…/./g; s/ *$//'
}

# over_stand_in NAME: a folder NAME with the plugin of that name and a manifest that asks for no hardware; `bench` measures with it alone.
over_stand_in() {
  manifest "$1" '{"any": true}' "hal-$1.so"
  cp "$HAL_BUILD/plugins/$1/hal-$1.so" "$1/"
  stand_in="$1"
}
bench() {
  halctl --no-cache --plugin-path "$PWD/$stand_in" bench "$@"
}

# measured: the table of `halctl bench` with its times and rates masked, one blank between columns.
measured() {
  tr -s ' ' | sed -E 's/ [0-9][0-9.]* (ns|us|ms|s)/ TIME/g; s/ [0-9][0-9.]* ([kMGT]?B\/s)$/ RATE/'
}

# not_measured: what of that table has no figures.
not_measured() {
  measured | grep -v TIME | sed 1,2d
}

# outcomes: how many figures of `halctl bench --json` came to what, each that was measured with its spread around it.
outcomes() {
  "$PYTHON" -c '
import collections, json, sys
figures = json.load(sys.stdin)["figures"]
for one in figures:
    if one["outcome"] != "ok":
        assert one["detail"] and "seconds" not in one, one
        continue
    assert 0 < one["seconds_low"] <= one["seconds"] <= one["seconds_high"], one
    assert one["samples"] >= 5 and one["operations"] >= 1, one
    assert ("bytes" in one) == one["name"].startswith(("copy", "fill")), one
for outcome, count in sorted(collections.Counter(one["outcome"] for one in figures).items()):
    print(count, outcome)'
}
