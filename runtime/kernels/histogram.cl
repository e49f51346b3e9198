// Counting by atomics: in local memory first, then one addition to global memory for each bin and group.
#ifndef ELEMENT
#define BODY "histogram.cl"

#define GROUP 256
#define PER_ITEM 64
#define TILE (GROUP * PER_ITEM)
#define MOST_BINS 1024

#include "each_element.h"
#else

// counts[floor((x[i] - low) * scale)] += 1, computed in f32, for every i for which that is one of the bins;
// other values, NaN among them, are not counted.
//
// Groups of 256 items; ceil(n / 16384) of them, and at least one: n may be 0. 1 <= bins <= 1024. The caller
// sets counts to 0 before the first launch; the order of the additions does not matter.
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void NAME(histogram)(
    const global ELEMENT *restrict x, volatile global uint *counts, ulong n, float low, float scale,
    uint bins) {
  volatile local uint own[MOST_BINS];
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
#pragma unroll
  for (uint part = 0; part < MOST_BINS / GROUP; ++part) own[part * GROUP + item] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  const float end = (float)bins;
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t i = first + part * GROUP + item;
    if (i < n) {
      const float place = (load(x, i) - low) * scale;
      if (place >= 0.0f && place < end) atomic_add(&own[(uint)place], 1u);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint part = 0; part < MOST_BINS / GROUP; ++part) {
    const uint bin = part * GROUP + (uint)item;
    if (bin < bins && own[bin] != 0) atomic_add(&counts[bin], own[bin]);
  }
}

#endif
