// Kernels whose items ask whether they are within a bound, in every way in which that is written. Each takes the same
// arguments; n may be anything.

static size_t place(void) {
  return get_global_linear_id();
}

kernel void below(global int *out, global const int *in, uint n) {
  const size_t i = place();
  if (i < n) out[i] = in[i] + 1;
}

kernel void below_signed(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  if (i < (int)n) out[i] = in[i] * 3;
}

kernel void leaves(global int *out, global const int *in, uint n) {
  const uint i = (uint)get_global_id(0);
  if (i >= n) return;
  out[i] = in[i] - (int)i;
}

kernel void leaves_above(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  if (i > (int)n) return;
  out[i] = -in[i];
}

kernel void turned_round(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  if ((int)n > i) out[i] = in[i] ^ 5;
}

kernel void stays(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  out[i] = (int)n <= i ? in[i] : 7;
  if (i >= (int)n) out[i] += in[i];
}

kernel void within(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  if (i > 0 && i < (int)n - 1 && i + 1 < (int)get_global_size(0)) out[i] = in[i - 1] + in[i] + in[i + 1];
}

kernel void outside(global int *out, global const int *in, uint n) {
  const int i = (int)get_global_id(0);
  if (i < 1 || i >= (int)n) return;
  out[i] = in[i - 1] * in[i];
}

kernel void plane(global int *out, global const int *in, uint n) {
  const uint x = (uint)get_global_id(0);
  const uint y = (uint)get_global_id(1);
  if (x < n && y < 3) out[place()] = in[place()] + (int)(x * y);
}

// The index runs over the end of its type within a block.
kernel void narrow(global int *out, global const int *in, uint n) {
  const size_t i = place();
  if ((uchar)(i + 40) < (uchar)n) out[i] = in[i] + 9;
}

kernel void wraps(global int *out, global const int *in, uint n) {
  const size_t i = place();
  if ((uint)i + 0xfffffff0u < n) out[i] = in[i] + 11;
}

kernel void wraps_signed(global int *out, global const int *in, uint n) {
  const size_t i = place();
  if (as_int((uint)i + 0x7ffffff8u) < as_int(n)) out[i] = in[i] + 13;
}

// What a turn finds in memory decides, too.
kernel void chosen(global int *out, global const int *in, uint n) {
  const size_t i = place();
  if (i < n && in[i] > 0) out[i] = in[i] / 2;
}

// A value that lives on after the loop's barrier.
kernel void across(global int *out, global const int *in, uint n) {
  local int sum;
  const uint i = (uint)get_global_id(0);
  int own = 0;
  if (get_local_id(0) == 0) sum = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (i < n) own = in[i];
  atomic_add(&sum, own);
  barrier(CLK_LOCAL_MEM_FENCE);
  if (i < n) out[i] = sum - own;
}
