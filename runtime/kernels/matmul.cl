// Matrix product through tiles in local memory.
#ifndef ELEMENT
#define BODY "matmul.cl"

#define EDGE 64               // of a tile of the result
#define DEPTH 48              // of a step
#define ITEMS 8               // each way; an item computes 8 x 8 elements of the result
#define A_STRIDE (DEPTH + 4)  // so that neighbouring rows lie in different banks

#include "each_element.h"
#else

// c = a * b: a has m rows of k elements, b has k rows of n, c has m rows of n, all by rows and without gaps.
// Sums are f32.
//
// Groups of 8 x 8 items; ceil(n / 64) x ceil(m / 64) of them, and at least one each way: every extent may be
// 0, and with k = 0 the result is 0. c does not overlap a or b. Uses 26 KiB of local memory.
kernel __attribute__((reqd_work_group_size(ITEMS, ITEMS, 1))) void NAME(matmul)(
    const global ELEMENT *restrict a, const global ELEMENT *restrict b, global ELEMENT *restrict c, uint m,
    uint n, uint k) {
  local float a_tile[EDGE * A_STRIDE];
  local float8 b_tile[DEPTH * ITEMS];
  const size_t across = get_local_id(0);
  const size_t down = get_local_id(1);
  const size_t first_row = get_group_id(1) * EDGE;
  const size_t column = get_group_id(0) * EDGE + across * 8;
  const size_t columns = left(n, column);
  // Of the rows down, down + 8 and so on.
  float8 sums[ITEMS];
#pragma unroll
  for (uint part = 0; part < ITEMS; ++part) sums[part] = 0.0f;

  for (uint step = 0; step < k; step += DEPTH) {
#pragma unroll
    for (uint part = 0; part < DEPTH / 8; ++part) {
      const size_t at = (part * ITEMS + down) * ITEMS + across;
      const size_t row = first_row + at / (DEPTH / 8);
      const size_t from = step + at % (DEPTH / 8) * 8;
      vstore8(load8_part(a, row * k + from, row < m ? left(k, from) : 0, 0.0f), 0,
              a_tile + at / (DEPTH / 8) * A_STRIDE + at % (DEPTH / 8) * 8);
    }
#pragma unroll
    for (uint part = 0; part < DEPTH; part += ITEMS) {
      const size_t at = part + down;
      const size_t row = step + at;
      b_tile[at * ITEMS + across] = load8_part(b, row * n + column, row < k ? columns : 0, 0.0f);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 4
    for (uint depth = 0; depth < DEPTH; ++depth) {
      const float8 factors = b_tile[depth * ITEMS + across];
#pragma unroll
      for (uint part = 0; part < ITEMS; ++part)
        sums[part] += a_tile[(part * ITEMS + down) * A_STRIDE + depth] * factors;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

#pragma unroll
  for (uint part = 0; part < ITEMS; ++part) {
    const size_t row = first_row + part * ITEMS + down;
    if (row < m) store8_part(c, row * n + column, columns, sums[part]);
  }
}

#endif
