// Built-in functions that libclc has, but not within OpenCL's bounds: of tgamma it loses digits, and writing halves
// rounded up or down it takes what is below the smallest half for nothing. Linked before it.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#define OVER __attribute__((overloadable))

// ---- tgamma ----

// Of 2 to 3, by the interpolation of degree 17 in the zeros of Chebyshev's polynomial around 2.5: 0.9 ulp.
static double gamma_between(double x) {
  const double u = x - 2.5;
  double sum = -0x1.61678760e530bp-24;
  sum = fma(sum, u, 0x1.ba42dbab2658fp-23);
  sum = fma(sum, u, -0x1.c189aebb2619bp-22);
  sum = fma(sum, u, 0x1.1e01a1e36520ap-20);
  sum = fma(sum, u, -0x1.57dc4d9963c13p-19);
  sum = fma(sum, u, 0x1.e716924cc6e9dp-18);
  sum = fma(sum, u, -0x1.ad8b2d371d88ep-17);
  sum = fma(sum, u, 0x1.013bdfc057f7bp-14);
  sum = fma(sum, u, 0x1.0886fa7157a6ep-18);
  sum = fma(sum, u, 0x1.8b8fcf944edc5p-11);
  sum = fma(sum, u, 0x1.a55ed2133d31ep-10);
  sum = fma(sum, u, 0x1.5489cc6a2c406p-7);
  sum = fma(sum, u, 0x1.d0a9bc49334e7p-6);
  sum = fma(sum, u, 0x1.c138b89493ef9p-4);
  sum = fma(sum, u, 0x1.03f6d2fa4f4fdp-2);
  sum = fma(sum, u, 0x1.4f224d4b7e016p-1);
  sum = fma(sum, u, 0x1.de9585f1a7093p-1);
  return fma(sum, u, 0x1.544fa6d47b390p+0);
}

// Stirling's series from 12 on, in two factors: each is finite where the product is, and beyond.
static double2 gamma_of_large(double x) {
  const double w = 1 / x;
  const double v = w * w;
  double sum = -0.02955065359477124183;
  sum = fma(sum, v, 0.0064102564102564102564);
  sum = fma(sum, v, -0.0019175269175269175269);
  sum = fma(sum, v, 0.00084175084175084175084);
  sum = fma(sum, v, -0.0005952380952380952381);
  sum = fma(sum, v, 0.00079365079365079365079);
  sum = fma(sum, v, -0.0027777777777777777778);
  sum = fma(sum, v, 0.083333333333333333333);
  const double root_of_2_pi = 2.5066282746310005024;
  // The exponents are exact: x has no digits below a fourth of these.
  const double power = pow(x, 0.5 * x - 0.25);
  return (double2)(power, power * exp(-x) * root_of_2_pi * exp(sum * w));
}

double OVER tgamma(double x) {
  if (x >= 200) return INFINITY;
  if (x >= 12) {
    const double2 factors = gamma_of_large(x);
    return factors.x * factors.y;
  }
  if (x < -20) {
    if (x == floor(x)) return NAN;
    if (x < -190) return fmod(floor(x), 2) == 0 ? 0.0 : -0.0;
    // By reflection; what 1 - x loses is made up for by the derivative.
    const double y = 1 - x;
    const double lost = (1 - y) - x;
    const double2 factors = gamma_of_large(y);
    return M_PI / (sinpi(x) * factors.x) / factors.y / (1 + lost * log(y));
  }
  if (x == 0) return 1 / x;
  if (x < 0 && x == floor(x)) return NAN;
  double above = 1;
  double below = 1;
  for (; x >= 3; x -= 1) above *= x - 1;
  for (; x < 2; x += 1) below *= x;
  return gamma_between(x) * above / below;
}

float OVER tgamma(float x) {
  return (float)tgamma((double)x);
}

#define TGAMMA(type, n)                                                           \
  type##n OVER tgamma(type##n x) {                                                \
    type##n all;                                                                  \
    for (int i = 0; i < n; ++i) ((type *)&all)[i] = tgamma(((const type *)&x)[i]); \
    return all;                                                                   \
  }
#define TGAMMAS(type) TGAMMA(type, 2) TGAMMA(type, 3) TGAMMA(type, 4) TGAMMA(type, 8) TGAMMA(type, 16)
TGAMMAS(float) TGAMMAS(double)

// ---- vstore_half_rtn, vstore_half_rtp ----

// The bits of the half next to x: towards zero, or away from it.
static ushort OVER bits_of(float x, bool away) {
  const uint bits = as_uint(x);
  const uint size = bits & 0x7fffffff;
  const ushort sign = (ushort)(bits >> 16 & 0x8000);
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size == 0x7f800000) return sign | 0x7c00;
  // From 65536 on, beyond the largest.
  if (size >= 0x47800000) return sign | (away ? 0x7c00 : 0x7bff);
  uint whole = 0;
  uint rest = size;
  if (size >= 0x38800000) {
    whole = (size - 0x38000000) >> 13;
    rest = size & 0x1fff;
  } else if (size >= 0x33800000) {
    // Below 2^-14, in units of 2^-24.
    const uint digits = (size & 0x7fffff) | 0x800000;
    const uint shift = 126 - (size >> 23);
    whole = digits >> shift;
    rest = digits & ((1u << shift) - 1);
  }
  return sign | (ushort)(whole + (away && rest != 0 ? 1 : 0));
}

static ushort OVER down(float x) { return bits_of(x, x < 0); }
static ushort OVER up(float x) { return bits_of(x, x > 0); }
// Twice down is down.
static ushort OVER down(double x) { return down(convert_float_rtn(x)); }
static ushort OVER up(double x) { return up(convert_float_rtp(x)); }

#define STORE(type, space, mode, way)                                                                   \
  void OVER vstore_half##mode(type x, size_t at, space half *p) { ((space ushort *)p)[at] = way(x); }
#define STORE_MANY(type, n, space, mode, way)                                                           \
  void OVER vstore_half##n##mode(type##n x, size_t at, space half *p) {                                 \
    for (int i = 0; i < n; ++i) ((space ushort *)p)[at * n + i] = way(((const type *)&x)[i]);            \
  }                                                                                                     \
  void OVER vstorea_half##n##mode(type##n x, size_t at, space half *p) {                                \
    for (int i = 0; i < n; ++i) ((space ushort *)p)[at * (n == 3 ? 4 : n) + i] = way(((const type *)&x)[i]); \
  }
#define STORES(type, space, mode, way)                                                                  \
  STORE(type, space, mode, way)                                                                         \
  STORE_MANY(type, 2, space, mode, way) STORE_MANY(type, 3, space, mode, way)                           \
  STORE_MANY(type, 4, space, mode, way) STORE_MANY(type, 8, space, mode, way)                           \
  STORE_MANY(type, 16, space, mode, way)
#define STORES_IN(space)                                                                                \
  STORES(float, space, _rtn, down) STORES(float, space, _rtp, up)                                       \
  STORES(double, space, _rtn, down) STORES(double, space, _rtp, up)
STORES_IN(global)
#ifndef LACKS_SPACES
STORES_IN(local) STORES_IN(private)
// Which is called as private is, on NVIDIA.
#ifndef __NVPTX__
STORES_IN(generic)
#endif
#endif
