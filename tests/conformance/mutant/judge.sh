#!/bin/sh
# Usage: judge.sh HAL-CONFORMANCE MUTANT.so PLUGIN.so FAULTS.txt
# For each fault of the list: the case named beside it must pass on the plugin as it is, and fail when the
# mutant brings the fault in. Prints one line for each; exit status 1 when a fault was not found.
set -u
suite=$1
mutant=$2
export HAL_MUTANT_PLUGIN=$3
faults=$4
missed=0

run() {
  HAL_MUTANT_FAULT=$1 "$suite" "$mutant" --patience 10 --case "$2" 2>&1
}

while IFS= read -r line; do
  case $line in '' | '#'*) continue ;; esac
  fault=${line%% = *}
  name=${line#* = }
  sound=$(run none "$name")
  status=$?
  case "$status $(printf '%s\n' "$sound" | tail -n 1)" in
    '0 1 passed, 0 failed, 0 skipped') ;;
    '0 0 passed, 0 failed, 1 skipped')
      echo "skipped  $fault: the plugin does not have what the case tests"
      continue
      ;;
    *)
      echo "BROKEN   $fault: without it \"$name\" does not pass (exit status $status):"
      printf '%s\n' "$sound" | tail -n 20
      missed=1
      continue
      ;;
  esac
  wrong=$(run "$fault" "$name")
  status=$?
  if [ "$status" -eq 1 ]; then
    echo "found    $fault"
  else
    echo "MISSED   $fault: \"$name\" ends with exit status $status"
    printf '%s\n' "$wrong" | tail -n 20
    missed=1
  fi
done < "$faults"
exit "$missed"
