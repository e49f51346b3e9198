What the documents show runs as it stands there.

  $ . "$CLI/helpers.sh"
  $ test -f "$HAL_BUILD/runtime/kernels/kernels.halb" || exit 80
  $ cp "$HAL_BUILD/runtime/kernels/kernels.halb" .
  $ commands() { sed -n '/^```$/,/^```$/{/^```/d;p}' "$CLI/../../docs/$1" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' | grep -E "^halctl ($2) "; }
  $ each() { while read -r line; do echo "$line" | cut -d' ' -f1-4; eval "$line" >said 2>&1 || { echo "[$?]"; cat said; }; done; }

  $ commands kernels-library.md 'run|why' | each
  halctl run kernels.halb axpy_f32
  halctl run kernels.halb matmul_f32
  halctl why kernels.halb matmul_f16
  $ test -s y.npy

  $ halctl bundle add k.halb "$HAL_BUILD/tests/conformance/conformance-kernels.so" --format elf --kernel vector_add
  $ halctl run kernels.halb fill_f32 --items 125 --arg 3.0 --arg y=zeros:f32:1000 --arg 1000 --output y=right.npy >/dev/null
  $ commands halctl.md run | each
  halctl run k.halb vector_add
  $ test -s sum.npy
