// Running sums in two passes.
//
// inclusive_scan or exclusive_scan scans tiles of 1024 elements, each by itself, and leaves each tile's sum
// in totals. When there is more than one tile, exclusive_scan_f32 over the totals (the same way, in place of
// a longer chain) gives what add_offsets adds.
#ifndef ELEMENT
#define BODY "scan.cl"
#include "group.h"

#define PER_ITEM 4
#define TILE (GROUP * PER_ITEM)

// Replaces the TILE values by their running sums; `sums` holds GROUP elements and `heads` 16. About two
// additions an element.
static inline void scan_tile(local float *values, local float *sums, local float *heads) {
  const size_t item = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  {
    const float a = values[item * PER_ITEM];
    const float b = a + values[item * PER_ITEM + 1];
    const float c = b + values[item * PER_ITEM + 2];
    const float d = c + values[item * PER_ITEM + 3];
    values[item * PER_ITEM + 1] = b;
    values[item * PER_ITEM + 2] = c;
    values[item * PER_ITEM + 3] = d;
    sums[item] = d;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 16) {
    float before = 0.0f;
    for (uint part = 0; part < 16; ++part) {
      const float own = sums[item * 16 + part];
      sums[item * 16 + part] = before;
      before += own;
    }
    heads[item] = before;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    float before = 0.0f;
    for (uint part = 0; part < 16; ++part) {
      const float own = heads[part];
      heads[part] = before;
      before += own;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const float before = heads[item / 16] + sums[item];
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) values[item * PER_ITEM + part] += before;
  barrier(CLK_LOCAL_MEM_FENCE);
}

#include "each_element.h"
#else

// y[i] = sum of x[j] for every j <= i in i's tile of 1024; totals[g] = the sum of tile g.
//
// Groups of 256 items; ceil(n / 1024) of them, and at least one: n may be 0, and totals[0] is 0 then. x and y
// do not overlap.
kernel ONE_DIMENSION void NAME(inclusive_scan)(const global ELEMENT *restrict x, global ELEMENT *restrict y,
                                               global float *restrict totals, ulong n) {
  local float values[TILE];
  local float sums[GROUP];
  local float heads[16];
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t at = part * GROUP + item;
    values[at] = first + at < n ? load(x, first + at) : 0.0f;
  }
  scan_tile(values, sums, heads);
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t at = part * GROUP + item;
    if (first + at < n) store(y, first + at, values[at]);
  }
  if (item == 0) totals[get_group_id(0)] = values[TILE - 1];
}

// y[i] = sum of x[j] for every j < i in i's tile, 0 for the first; otherwise as inclusive_scan.
kernel ONE_DIMENSION void NAME(exclusive_scan)(const global ELEMENT *restrict x, global ELEMENT *restrict y,
                                               global float *restrict totals, ulong n) {
  local float values[TILE];
  local float sums[GROUP];
  local float heads[16];
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t at = part * GROUP + item;
    values[at] = first + at < n ? load(x, first + at) : 0.0f;
  }
  scan_tile(values, sums, heads);
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t at = part * GROUP + item;
    if (first + at < n) store(y, first + at, at == 0 ? 0.0f : values[at - 1]);
  }
  if (item == 0) totals[get_group_id(0)] = values[TILE - 1];
}

// y[i] += offsets[g] for the elements of tile g. Groups as for the scans. n may be 0; offsets[0] is read all
// the same.
kernel ONE_DIMENSION void NAME(add_offsets)(global ELEMENT *restrict y, global const float *restrict offsets,
                                            ulong n) {
  const size_t item = get_local_id(0);
  const size_t first = get_group_id(0) * TILE;
  const float offset = offsets[get_group_id(0)];
#pragma unroll
  for (uint part = 0; part < PER_ITEM; ++part) {
    const size_t i = first + part * GROUP + item;
    if (i < n) store(y, i, load(y, i) + offset);
  }
}

#endif
