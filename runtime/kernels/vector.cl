// Element by element: copy, fill, axpy.
#ifndef ELEMENT
#define BODY "vector.cl"
#include "each_element.h"
#else

// y[i] = x[i], bit by bit.
//
// Groups of any size in one dimension; at least n / 8 items in all, rounded up. x and y do not overlap. n may be 0.
kernel void NAME(copy)(const global BITS *restrict x, global BITS *restrict y, ulong n) {
  const size_t i = get_global_id(0) * 8;
  const size_t count = left(n, i);
  if (count >= 8) {
    vstore8(vload8(0, x + i), 0, y + i);
  } else {
    for (size_t part = 0; part < count; ++part) y[i + part] = x[i + part];
  }
}

// y[i] = value, rounded to the element.
//
// Groups of any size in one dimension; at least n / 8 items in all, rounded up. n may be 0.
kernel void NAME(fill)(float value, global ELEMENT *restrict y, ulong n) {
  const size_t i = get_global_id(0) * 8;
  store8_part(y, i, left(n, i), value);
}

// y[i] = a * x[i] + y[i].
//
// Groups of any size in one dimension; at least n / 8 items in all, rounded up. x and y do not overlap. n may be
// 0. Whether the product is rounded before the sum is the compiler's choice.
kernel void NAME(axpy)(float a, const global ELEMENT *restrict x, global ELEMENT *restrict y, ulong n) {
  const size_t i = get_global_id(0) * 8;
  const size_t count = left(n, i);
  store8_part(y, i, count, a * load8_part(x, i, count, 0.0f) + load8_part(y, i, count, 0.0f));
}

#endif
