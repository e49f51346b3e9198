// Mathematical functions of float and double where the library that CPUs use is not exact: it takes the numbers
// of float below the normal ones for 0, converts without asking whether a value fits, and loses signs of zeros. A
// call of f is made one of hal_safe_f, which may call f.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#define OVER __attribute__((overloadable, always_inline))
#define VECTORS(f, name, type) f(name, type, 2) f(name, type, 3) f(name, type, 4) f(name, type, 8) f(name, type, 16)

#define EACH_OF_ONE(name, type, n)                                    \
  type##n OVER hal_safe_##name(type##n x) {                           \
    for (int i = 0; i < n; ++i) x[i] = hal_safe_##name(x[i]);         \
    return x;                                                         \
  }
#define EACH_OF_TWO(name, type, n)                                    \
  type##n OVER hal_safe_##name(type##n x, type##n y) {                \
    for (int i = 0; i < n; ++i) x[i] = hal_safe_##name(x[i], y[i]);   \
    return x;                                                         \
  }
#define EACH_WITH_INT(name, type, n)                                  \
  type##n OVER hal_safe_##name(type##n x, int##n k) {                 \
    for (int i = 0; i < n; ++i) x[i] = hal_safe_##name(x[i], k[i]);   \
    return x;                                                         \
  }
#define ONE(name, type, value)                                                        \
  type OVER hal_safe_##name(type x) { return value; } VECTORS(EACH_OF_ONE, name, type)
#define TWO(name, type, value)                                                                \
  type OVER hal_safe_##name(type x, type y) { return value; } VECTORS(EACH_OF_TWO, name, type)
#define WITH_INT(name, type, value)                                                              \
  type OVER hal_safe_##name(type x, int k) { return value; } VECTORS(EACH_WITH_INT, name, type)

ONE(erfc, float, (float)erfc((double)x))
TWO(fmod, float, (float)fmod((double)x, (double)y))
// Of float, both the arguments and the answer are exact in double.
WITH_INT(ldexp, float, isnan(x) ? x : (float)ldexp((double)x, clamp(k, -400, 400)))
WITH_INT(rootn, float, (float)rootn((double)x, k))
ONE(lgamma, float, (float)lgamma((double)x))

static double OVER signed_remainder(double x, double y) {
  const double found = remainder(x, y);
  return found == 0 ? copysign(0.0, x) : found;
}
TWO(remainder, float, (float)signed_remainder((double)x, (double)y))
TWO(remainder, double, signed_remainder(x, y))

#define OF_PI(type)                                                                                     \
  static type OVER sine_of_pi(type x) {                                                                 \
    const type found = sinpi(x);                                                                        \
    return found == 0 ? copysign((type)0, x) : found;                                                   \
  }                                                                                                     \
  static type OVER tangent_of_pi(type x) {                                                              \
    const type found = tanpi(x);                                                                        \
    return found == 0 ? copysign((type)0, sine_of_pi(x) * cospi(x)) : found;                            \
  }                                                                                                     \
  ONE(sinpi, type, sine_of_pi(x))                                                                       \
  ONE(tanpi, type, tangent_of_pi(x))
OF_PI(float)
OF_PI(double)

#define KEEPS_ZERO(name) ONE(name, double, x == 0 ? x : name(x))
KEEPS_ZERO(asin) KEEPS_ZERO(asinpi) KEEPS_ZERO(atan) KEEPS_ZERO(atanpi) KEEPS_ZERO(erf) KEEPS_ZERO(expm1)
KEEPS_ZERO(sin) KEEPS_ZERO(tan)

WITH_INT(ldexp, double, isnan(x) ? x : ldexp(x, k))

// exp(a) is infinite for some a for which half of it is not.
static double OVER half_exp_of(double a) {
  const double root = exp(0.5 * a);
  return 0.5 * root * root;
}
static double OVER hyperbolic_cosine(double x) {
  const double a = fabs(x);
  if (a > 40) return half_exp_of(a);
  const double up = exp(a);
  return 0.5 * (up + 1 / up);
}
static double OVER hyperbolic_sine(double x) {
  const double a = fabs(x);
  if (x == 0) return x;
  if (a > 40) return copysign(half_exp_of(a), x);
  const double up = expm1(a);
  return copysign(0.5 * (up + up / (up + 1)), x);
}
ONE(cosh, double, hyperbolic_cosine(x))
ONE(sinh, double, hyperbolic_sine(x))

// An exponent of 2 that is never farther from 0 than that of the answer, nor closer than half of it.
static double OVER least_exponent(double x, double y) {
  const double a = fabs(x);
  return y * (a < 0.5 || a > 2 ? (double)ilogb(a) + (a < 0.5) : a - 1);
}
static double OVER limited(double x, double y, double power, double sign) {
  const double exponent = least_exponent(x, y);
  if (x == 0 || isinf(x) || isnan(power) || isnan(exponent) || fabs(exponent) < 4000) return power;
  return exponent > 0 ? sign * INFINITY : sign * 0.0;
}
static double OVER sign_of_power(double x, double y) {
  return x < 0 && floor(y) == y && floor(0.5 * y) != 0.5 * y ? -1.0 : 1.0;
}
TWO(pow, double, limited(x, y, pow(x, y), sign_of_power(x, y)))
TWO(powr, double, limited(x, y, powr(x, y), 1.0))
