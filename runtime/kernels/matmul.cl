// Matrix product through tiles in local memory.
#ifndef ELEMENT
#define BODY "matmul.cl"

#define EDGE 32       // of a tile of the result, and the depth of a step
#define GROUP_ROWS 8  // an item computes EDGE / GROUP_ROWS elements of one column

#include "each_element.h"
#else

// c = a * b: a has m rows of k elements, b has k rows of n, c has m rows of n, all by rows and without gaps.
// Sums are f32.
//
// Groups of 32 x 8 items; ceil(n / 32) x ceil(m / 32) of them, and at least one each way: every extent may be
// 0, and with k = 0 the result is 0. c does not overlap a or b.
kernel __attribute__((reqd_work_group_size(EDGE, GROUP_ROWS, 1))) void NAME(matmul)(
    const global ELEMENT *restrict a, const global ELEMENT *restrict b, global ELEMENT *restrict c, uint m,
    uint n, uint k) {
  local float a_tile[EDGE][EDGE];
  local float b_tile[EDGE][EDGE];
  const size_t across = get_local_id(0);
  const size_t down = get_local_id(1);
  const size_t first_row = get_group_id(1) * EDGE;
  const size_t column = get_group_id(0) * EDGE + across;
  // Four names and not an array: each lives in registers, also where a compiler keeps them over a barrier.
  float sum_0 = 0.0f;
  float sum_1 = 0.0f;
  float sum_2 = 0.0f;
  float sum_3 = 0.0f;
  for (uint step = 0; step < k; step += EDGE) {
#pragma unroll
    for (uint part = 0; part < EDGE; part += GROUP_ROWS) {
      const size_t row = first_row + down + part;
      const size_t from_a = step + across;
      const size_t from_b = step + down + part;
      a_tile[down + part][across] = row < m && from_a < k ? load(a, row * k + from_a) : 0.0f;
      b_tile[down + part][across] = from_b < k && column < n ? load(b, from_b * n + column) : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (uint depth = 0; depth < EDGE; ++depth) {
      const float factor = b_tile[depth][across];
      sum_0 += a_tile[down][depth] * factor;
      sum_1 += a_tile[down + GROUP_ROWS][depth] * factor;
      sum_2 += a_tile[down + 2 * GROUP_ROWS][depth] * factor;
      sum_3 += a_tile[down + 3 * GROUP_ROWS][depth] * factor;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const size_t row = first_row + down;
  if (column < n) {
    if (row < m) store(c, row * n + column, sum_0);
    if (row + GROUP_ROWS < m) store(c, (row + GROUP_ROWS) * n + column, sum_1);
    if (row + 2 * GROUP_ROWS < m) store(c, (row + 2 * GROUP_ROWS) * n + column, sum_2);
    if (row + 3 * GROUP_ROWS < m) store(c, (row + 3 * GROUP_ROWS) * n + column, sum_3);
  }
}

#endif
