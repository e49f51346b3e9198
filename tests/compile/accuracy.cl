// Each built-in function of OpenCL C that takes and gives real numbers, on an array: real is float or double.
#ifdef REAL_IS_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double real;
#else
typedef float real;
#endif

#define ONE(name)                                                                          \
  kernel void do_##name(global real *out, global const real *x, global const real *y, uint n) { \
    const size_t i = get_global_id(0);                                                     \
    if (i < n) out[i] = name(x[i]);                                                        \
  }
#define TWO(name)                                                                          \
  kernel void do_##name(global real *out, global const real *x, global const real *y, uint n) { \
    const size_t i = get_global_id(0);                                                     \
    if (i < n) out[i] = name(x[i], y[i]);                                                  \
  }

ONE(acos) ONE(acosh) ONE(acospi) ONE(asin) ONE(asinh) ONE(asinpi) ONE(atan) ONE(atanh) ONE(atanpi)
ONE(cbrt) ONE(ceil) ONE(cos) ONE(cosh) ONE(cospi) ONE(erf) ONE(erfc) ONE(exp) ONE(exp10) ONE(exp2)
ONE(expm1) ONE(fabs) ONE(floor) ONE(log) ONE(log10) ONE(log1p) ONE(log2) ONE(logb) ONE(rint) ONE(round)
ONE(rsqrt) ONE(sin) ONE(sinh) ONE(sinpi) ONE(sqrt) ONE(tan) ONE(tanh) ONE(tanpi) ONE(tgamma) ONE(trunc)

TWO(atan2) TWO(atan2pi) TWO(copysign) TWO(fdim) TWO(fmax) TWO(fmin) TWO(fmod) TWO(hypot) TWO(maxmag)
TWO(minmag) TWO(nextafter) TWO(pow) TWO(powr) TWO(remainder)

kernel void do_divide(global real *out, global const real *x, global const real *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = x[i] / y[i];
}

kernel void do_fma(global real *out, global const real *x, global const real *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = fma(x[i], y[i], x[n - 1 - i]);
}

kernel void do_pown(global real *out, global const real *x, global const real *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = pown(x[i], (int)y[i]);
}

kernel void do_rootn(global real *out, global const real *x, global const real *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = rootn(x[i], (int)y[i]);
}

kernel void do_ldexp(global real *out, global const real *x, global const real *y, uint n) {
  const size_t i = get_global_id(0);
  if (i < n) out[i] = ldexp(x[i], (int)y[i]);
}
