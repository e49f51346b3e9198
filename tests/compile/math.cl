// Each mathematical built-in of OpenCL C: of float or, with -DREAL=double, of double. All kernels take the same arguments.
#ifndef REAL
#define REAL float
#endif

#define ONE(name)                                                                                     \
  kernel void name##_(global REAL *out, global const REAL *x, global const REAL *y, global const REAL *z, \
                      global const int *k, uint n) {                                                  \
    const size_t i = get_global_id(0);                                                                \
    if (i < n) out[i] = name(x[i]);                                                                   \
  }
#define TWO(name)                                                                                     \
  kernel void name##_(global REAL *out, global const REAL *x, global const REAL *y, global const REAL *z, \
                      global const int *k, uint n) {                                                  \
    const size_t i = get_global_id(0);                                                                \
    if (i < n) out[i] = name(x[i], y[i]);                                                             \
  }
#define THREE(name)                                                                                   \
  kernel void name##_(global REAL *out, global const REAL *x, global const REAL *y, global const REAL *z, \
                      global const int *k, uint n) {                                                  \
    const size_t i = get_global_id(0);                                                                \
    if (i < n) out[i] = name(x[i], y[i], z[i]);                                                       \
  }
#define WITH_INT(name)                                                                                \
  kernel void name##_(global REAL *out, global const REAL *x, global const REAL *y, global const REAL *z, \
                      global const int *k, uint n) {                                                  \
    const size_t i = get_global_id(0);                                                                \
    if (i < n) out[i] = name(x[i], k[i]);                                                             \
  }

ONE(acos) ONE(acosh) ONE(acospi) ONE(asin) ONE(asinh) ONE(asinpi) ONE(atan) ONE(atanh) ONE(atanpi) ONE(cbrt)
ONE(ceil) ONE(cos) ONE(cosh) ONE(cospi) ONE(degrees) ONE(erf) ONE(erfc) ONE(exp) ONE(exp10) ONE(exp2) ONE(expm1)
ONE(fabs) ONE(floor) ONE(lgamma) ONE(log) ONE(log10) ONE(log1p) ONE(log2) ONE(logb) ONE(radians) ONE(rint)
ONE(round) ONE(rsqrt) ONE(sign) ONE(sin) ONE(sinh) ONE(sinpi) ONE(sqrt) ONE(tan) ONE(tanh) ONE(tanpi) ONE(tgamma)
ONE(trunc)
TWO(atan2) TWO(atan2pi) TWO(copysign) TWO(fdim) TWO(fmax) TWO(fmin) TWO(fmod) TWO(hypot) TWO(max) TWO(maxmag)
TWO(min) TWO(minmag) TWO(nextafter) TWO(pow) TWO(powr) TWO(remainder) TWO(step)
THREE(clamp) THREE(fma) THREE(mad) THREE(mix) THREE(smoothstep)
WITH_INT(ldexp) WITH_INT(pown) WITH_INT(rootn)
