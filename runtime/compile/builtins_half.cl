// The mathematical functions of half, which a target's library lacks, through those of float: more exact than the
// language asks for. hal_own_f is linked as f: under its own name it would hide the one of float here.
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define OVER __attribute__((overloadable, always_inline))
#define EACH(f, name) f(name, ) f(name, 2) f(name, 3) f(name, 4) f(name, 8) f(name, 16)

// Conversions without the built-in functions for them, which are among what lacks.
#define SHAPES(n)                                                                                         \
  static half##n OVER narrow(float##n x) { return __builtin_convertvector(x, half##n); }                  \
  static half##n OVER narrow(double##n x) { return __builtin_convertvector(x, half##n); }                 \
  static float##n OVER widen(half##n x) { return __builtin_convertvector(x, float##n); }                  \
  static double##n OVER widest(half##n x) { return __builtin_convertvector(x, double##n); }
SHAPES(2) SHAPES(3) SHAPES(4) SHAPES(8) SHAPES(16)
static half OVER narrow(float x) { return (half)x; }
static half OVER narrow(double x) { return (half)x; }
static float OVER widen(half x) { return (float)x; }
static double OVER widest(half x) { return (double)x; }

#define CONVERT(type, n)                                                                                   \
  half##n OVER hal_own_convert_half##n(type##n x) { return __builtin_convertvector(x, half##n); }          \
  half##n OVER hal_own_convert_half##n##_rte(type##n x) { return __builtin_convertvector(x, half##n); }    \
  type##n OVER hal_own_convert_##type##n(half##n x) { return __builtin_convertvector(x, type##n); }
#define CONVERT_ALL(type)                                                                       \
  CONVERT(type, 2) CONVERT(type, 3) CONVERT(type, 4) CONVERT(type, 8) CONVERT(type, 16)         \
  half OVER hal_own_convert_half(type x) { return (half)x; }                                    \
  half OVER hal_own_convert_half_rte(type x) { return (half)x; }                                \
  type OVER hal_own_convert_##type(half x) { return (type)x; }
CONVERT_ALL(char) CONVERT_ALL(uchar) CONVERT_ALL(short) CONVERT_ALL(ushort) CONVERT_ALL(int) CONVERT_ALL(uint)
CONVERT_ALL(long) CONVERT_ALL(ulong) CONVERT_ALL(float) CONVERT_ALL(double)

#define ONE(name, n)                                  \
  half##n OVER hal_own_##name(half##n x) {                      \
    return narrow(name(widen(x))); \
  }
#define TWO(name, n)                                                       \
  half##n OVER hal_own_##name(half##n x, half##n y) {                                \
    return narrow(name(widen(x), widen(y))); \
  }
#define THREE(name, n)                                                                          \
  half##n OVER hal_own_##name(half##n x, half##n y, half##n z) {                                          \
    return narrow(name(widen(x), widen(y), widen(z))); \
  }
#define WITH_INT(name, n)                                \
  half##n OVER hal_own_##name(half##n x, int##n y) {               \
    return narrow(name(widen(x), y)); \
  }

EACH(ONE, acos) EACH(ONE, acosh) EACH(ONE, acospi) EACH(ONE, asin) EACH(ONE, asinh) EACH(ONE, asinpi)
EACH(ONE, atan) EACH(ONE, atanh) EACH(ONE, atanpi) EACH(ONE, cbrt) EACH(ONE, ceil) EACH(ONE, cos)
EACH(ONE, cosh) EACH(ONE, cospi) EACH(ONE, erf) EACH(ONE, erfc) EACH(ONE, exp) EACH(ONE, exp10)
EACH(ONE, exp2) EACH(ONE, expm1) EACH(ONE, fabs) EACH(ONE, floor) EACH(ONE, lgamma) EACH(ONE, log)
EACH(ONE, log10) EACH(ONE, log1p) EACH(ONE, log2) EACH(ONE, rint) EACH(ONE, round) EACH(ONE, rsqrt)
EACH(ONE, sin) EACH(ONE, sinh) EACH(ONE, sinpi) EACH(ONE, sqrt) EACH(ONE, tan) EACH(ONE, tanh)
EACH(ONE, tanpi) EACH(ONE, tgamma) EACH(ONE, trunc) EACH(ONE, degrees) EACH(ONE, radians) EACH(ONE, sign)
EACH(TWO, atan2) EACH(TWO, atan2pi) EACH(TWO, copysign) EACH(TWO, fdim) EACH(TWO, fmax) EACH(TWO, fmin)
EACH(TWO, fmod) EACH(TWO, hypot) EACH(TWO, max) EACH(TWO, maxmag) EACH(TWO, min) EACH(TWO, minmag)
EACH(TWO, pow) EACH(TWO, powr) EACH(TWO, remainder) EACH(TWO, step)
EACH(THREE, clamp) EACH(THREE, mix) EACH(THREE, smoothstep) EACH(THREE, mad)
EACH(WITH_INT, ldexp) EACH(WITH_INT, pown) EACH(WITH_INT, rootn)

// The exact product of two halves has 22 bits, which float holds; the sum is rounded once more, as double holds it.
#define FUSED(name, n)                                                                            \
  half##n OVER hal_own_##name(half##n x, half##n y, half##n z) {                                            \
    return narrow(widest(x) * widest(y) + widest(z));   \
  }
EACH(FUSED, fma)

#define WITH_SCALAR(name, n)                                           \
  half##n OVER hal_own_##name(half##n x, half y) {                               \
    return narrow(name(widen(x), (float##n)(float)y)); \
  }
#define VECTORS(f, name) f(name, 2) f(name, 3) f(name, 4) f(name, 8) f(name, 16)
VECTORS(WITH_SCALAR, fmax) VECTORS(WITH_SCALAR, fmin) VECTORS(WITH_SCALAR, max) VECTORS(WITH_SCALAR, min)

#define CLAMP_SCALAR(name, n)                                \
  half##n OVER hal_own_##name(half##n x, half low, half high) {        \
    return hal_own_##name(x, (half##n)low, (half##n)high);             \
  }
VECTORS(CLAMP_SCALAR, clamp)

int OVER hal_own_ilogb(half x) { return ilogb((float)x); }
int OVER hal_own_isnan(half x) { return isnan((float)x); }
int OVER hal_own_isinf(half x) { return isinf((float)x); }
int OVER hal_own_isfinite(half x) { return isfinite((float)x); }
int OVER hal_own_signbit(half x) { return signbit((float)x); }
half OVER hal_own_logb(half x) { return (half)logb((float)x); }

#define DOT(n)                                    \
  half OVER hal_own_dot(half##n x, half##n y) {           \
    return (half)dot(widen(x), widen(y)); \
  }                                               \
  half OVER hal_own_length(half##n x) {                   \
    return (half)length(widen(x));     \
  }
DOT(2) DOT(3) DOT(4)

half OVER hal_own_nextafter(half x, half y) {
  if (isnan((float)x) || isnan((float)y)) return x + y;
  if (x == y) return y;
  const ushort sign = y < (half)0 ? 0x8000 : 0;
  if (x == (half)0) return as_half((ushort)(sign | 1));
  const ushort bits = as_ushort(x);
  return as_half((ushort)((x < y) == (x > (half)0) ? bits + 1 : bits - 1));
}
