// Sums in two steps or more, without atomics: the same result in every run on one device.
//
// sum and dot leave one partial sum for each group. sum_f32 over those, with as many groups as they need, is
// the next step; the step with one group gives the result.
#ifndef ELEMENT
#define BODY "reduce.cl"
#include "group.h"

#define PER_ITEM 16
#define TILE (GROUP * PER_ITEM)

#include "each_element.h"
#else

// partial[g] = sum of x[i] for the 4096 elements i that begin at g * 4096.
//
// Groups of 256 items; ceil(n / 4096) of them, and at least one: n may be 0, and partial[0] is 0 then.
kernel ONE_DIMENSION void NAME(sum)(const global ELEMENT *restrict x, global float *restrict partial,
                                    ulong n) {
  local float scratch[GROUP];
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
  float sum = 0.0f;
  if (first + TILE <= n) {
#pragma unroll
    for (uint part = 0; part < PER_ITEM; ++part) sum += load(x, first + part * GROUP + item);
  } else {
    for (uint part = 0; part < PER_ITEM; ++part) {
      const size_t i = first + part * GROUP + item;
      if (i < n) sum += load(x, i);
    }
  }
  const float total = group_sum(scratch, sum);
  if (item == 0) partial[get_group_id(0)] = total;
}

// partial[g] = sum of x[i] * y[i], otherwise as sum.
kernel ONE_DIMENSION void NAME(dot)(const global ELEMENT *restrict x, const global ELEMENT *restrict y,
                                    global float *restrict partial, ulong n) {
  local float scratch[GROUP];
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
  float sum = 0.0f;
  if (first + TILE <= n) {
#pragma unroll
    for (uint part = 0; part < PER_ITEM; ++part) {
      const size_t i = first + part * GROUP + item;
      sum += load(x, i) * load(y, i);
    }
  } else {
    for (uint part = 0; part < PER_ITEM; ++part) {
      const size_t i = first + part * GROUP + item;
      if (i < n) sum += load(x, i) * load(y, i);
    }
  }
  const float total = group_sum(scratch, sum);
  if (item == 0) partial[get_group_id(0)] = total;
}

#endif
