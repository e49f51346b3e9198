// Halves in memory and, where the target has them, in arithmetic.

kernel void load(global float *out, global const half *in, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = vload_half(i, in);
}

#define STORE(mode)                                                                  \
  kernel void store##mode(global half *out, global const float *in, uint n) {        \
    const size_t i = get_global_id(0);                                               \
    if (i < n) vstore_half##mode(in[i], i, out);                                     \
  }
STORE() STORE(_rte) STORE(_rtz) STORE(_rtp) STORE(_rtn)

#ifdef cl_khr_fp16
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
kernel void add(global half *out, global const half *x, global const half *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = x[i] + y[i];
}

kernel void multiply(global half *out, global const half *x, global const half *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = x[i] * y[i];
}
#endif
