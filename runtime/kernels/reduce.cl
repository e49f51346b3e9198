// Sums in two steps or more, without atomics: the same result in every run on one device.
//
// sum and dot leave one partial sum for each group. sum_f32 over those, with as many groups as they need, is
// the next step; the step with one group gives the result.
#ifndef ELEMENT
#define BODY "reduce.cl"
#include "group.h"

#define PARTS 8
#define TILE (GROUP * 8 * PARTS)

#include "each_element.h"
#else

// partial[g] = sum of x[i] for the 4096 elements i that begin at g * 4096.
//
// Groups of 64 items; ceil(n / 4096) of them, and at least one: n may be 0, and partial[0] is 0 then.
kernel GROUP_OF_64 void NAME(sum)(const global ELEMENT *restrict x, global float *restrict partial, ulong n) {
  local float scratch[GROUP];
  const size_t first = get_group_id(0) * TILE + get_local_id(0) * 8;
  float8 sum = 0.0f;
#pragma unroll
  for (uint part = 0; part < PARTS; ++part) {
    const size_t i = first + part * GROUP * 8;
    sum += load8_part(x, i, left(n, i), 0.0f);
  }
  const float total = group_sum(scratch, sum);
  if (get_local_id(0) == 0) partial[get_group_id(0)] = total;
}

// partial[g] = sum of x[i] * y[i], otherwise as sum.
kernel GROUP_OF_64 void NAME(dot)(const global ELEMENT *restrict x, const global ELEMENT *restrict y,
                                  global float *restrict partial, ulong n) {
  local float scratch[GROUP];
  const size_t first = get_group_id(0) * TILE + get_local_id(0) * 8;
  float8 sum = 0.0f;
#pragma unroll
  for (uint part = 0; part < PARTS; ++part) {
    const size_t i = first + part * GROUP * 8;
    sum += load8_part(x, i, left(n, i), 0.0f) * load8_part(y, i, left(n, i), 0.0f);
  }
  const float total = group_sum(scratch, sum);
  if (get_local_id(0) == 0) partial[get_group_id(0)] = total;
}

#endif
