// Element by element: copy, fill, axpy.
#ifndef ELEMENT
#define BODY "vector.cl"
#include "each_element.h"
#else

// y[i] = x[i], bit by bit.
//
// Groups of any size in one dimension; at least n items in all. x and y do not overlap. n may be 0.
kernel void NAME(copy)(const global BITS *restrict x, global BITS *restrict y, ulong n) {
  const size_t i = get_global_id(0);
  if (i < n) y[i] = x[i];
}

// y[i] = value, rounded to the element.
//
// Groups of any size in one dimension; at least n items in all. n may be 0.
kernel void NAME(fill)(float value, global ELEMENT *restrict y, ulong n) {
  const size_t i = get_global_id(0);
  if (i < n) store(y, i, value);
}

// y[i] = a * x[i] + y[i].
//
// Groups of any size in one dimension; at least n items in all. x and y do not overlap. n may be 0. Whether
// the product is rounded before the sum is the compiler's choice.
kernel void NAME(axpy)(float a, const global ELEMENT *restrict x, global ELEMENT *restrict y, ulong n) {
  const size_t i = get_global_id(0);
  if (i < n) store(y, i, a * load(x, i) + load(y, i));
}

#endif
