// Running sums in two passes.
//
// inclusive_scan or exclusive_scan scans tiles of 1024 elements, each by itself, and leaves each tile's sum
// in totals. When there is more than one tile, the exclusive scan of the totals, made the same way, is what
// add_offsets adds.
#ifndef ELEMENT
#define BODY "scan.cl"
#include "group.h"

#define PER_ITEM 16
#define TILE (GROUP * PER_ITEM)

// What comes before each item's values, given the sum of each item's. `sums` holds GROUP elements and `heads`
// 8: eight items sum up eight items each, and one sums up those, so that the work is in proportion to the
// items.
static inline float sum_before(local float *sums, local float *heads, float own) {
  const size_t item = get_local_id(0);
  sums[item] = own;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 8) {
    float before = 0.0f;
    for (uint part = 0; part < 8; ++part) {
      const float next = sums[item * 8 + part];
      sums[item * 8 + part] = before;
      before += next;
    }
    heads[item] = before;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float before = 0.0f;
  for (uint head = 0; head < item / 8; ++head) before += heads[head];
  return before + sums[item];
}

#include "each_element.h"
#else

static inline void __attribute__((overloadable))
load_items(const global ELEMENT *x, size_t first, size_t n, float *values) {
#pragma unroll
  for (uint part = 0; part < PER_ITEM; part += 8)
    vstore8(load8_part(x, first + part, left(n, first + part), 0.0f), 0, values + part);
}
static inline void __attribute__((overloadable))
store_items(global ELEMENT *y, size_t first, size_t n, const float *values) {
#pragma unroll
  for (uint part = 0; part < PER_ITEM; part += 8)
    store8_part(y, first + part, left(n, first + part), vload8(0, values + part));
}

// y[i] = sum of x[j] for every j <= i in i's tile of 1024; totals[g] = the sum of tile g.
//
// Groups of 64 items; ceil(n / 1024) of them, and at least one: n may be 0, and totals[0] is 0 then. x and y
// do not overlap.
kernel GROUP_OF_64 void NAME(inclusive_scan)(const global ELEMENT *restrict x, global ELEMENT *restrict y,
                                             global float *restrict totals, ulong n) {
  local float sums[GROUP];
  local float heads[8];
  const size_t first = get_group_id(0) * TILE + get_local_id(0) * PER_ITEM;
  float values[PER_ITEM];
  load_items(x, first, n, values);
  float own = 0.0f;
#pragma unroll
  for (uint i = 0; i < PER_ITEM; ++i) own = values[i] += own;
  const float before = sum_before(sums, heads, own);
#pragma unroll
  for (uint i = 0; i < PER_ITEM; ++i) values[i] += before;
  store_items(y, first, n, values);
  if (get_local_id(0) == GROUP - 1) totals[get_group_id(0)] = before + own;
}

// y[i] = sum of x[j] for every j < i in i's tile, 0 for the first; otherwise as inclusive_scan.
kernel GROUP_OF_64 void NAME(exclusive_scan)(const global ELEMENT *restrict x, global ELEMENT *restrict y,
                                             global float *restrict totals, ulong n) {
  local float sums[GROUP];
  local float heads[8];
  const size_t first = get_group_id(0) * TILE + get_local_id(0) * PER_ITEM;
  float values[PER_ITEM];
  load_items(x, first, n, values);
  float own = 0.0f;
#pragma unroll
  for (uint i = 0; i < PER_ITEM; ++i) {
    const float next = own + values[i];
    values[i] = own;
    own = next;
  }
  const float before = sum_before(sums, heads, own);
#pragma unroll
  for (uint i = 0; i < PER_ITEM; ++i) values[i] += before;
  store_items(y, first, n, values);
  if (get_local_id(0) == GROUP - 1) totals[get_group_id(0)] = before + own;
}

// y[i] += offsets[g] for the elements of tile g. Groups as for the scans. n may be 0; offsets[0] is read all
// the same.
kernel GROUP_OF_64 void NAME(add_offsets)(global ELEMENT *restrict y, global const float *restrict offsets,
                                          ulong n) {
  const size_t first = get_group_id(0) * TILE + get_local_id(0) * PER_ITEM;
  const float offset = offsets[get_group_id(0)];
#pragma unroll
  for (uint part = 0; part < PER_ITEM; part += 8) {
    const size_t count = left(n, first + part);
    store8_part(y, first + part, count, load8_part(y, first + part, count, 0.0f) + offset);
  }
}

#endif
