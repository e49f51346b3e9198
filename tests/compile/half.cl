// Conversions from and to half, and its arithmetic. Bits go in and out.
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

kernel void widen(global float *out, global const half *in, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = vload_half(i, in);
}

#define NARROW(name)                                                            \
  kernel void name##_(global ushort *out, global const float *in, uint n) {     \
    const size_t i = get_global_id(0);                                          \
    if (i < n) name(in[i], i, (global half *)out);                              \
  }
NARROW(vstore_half) NARROW(vstore_half_rte) NARROW(vstore_half_rtz) NARROW(vstore_half_rtp) NARROW(vstore_half_rtn)

#define OPERATE(name, operator)                                                                       \
  kernel void name(global half *out, global const half *x, global const half *y, uint n) {            \
    const size_t i = get_global_id(0);                                                                \
    if (i < n) out[i] = x[i] operator y[i];                                                           \
  }
OPERATE(add, +) OPERATE(subtract, -) OPERATE(multiply, *) OPERATE(divide, /)

kernel void fuse(global half *out, global const half *x, global const half *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = fma(x[i], y[i], x[i]);
}
