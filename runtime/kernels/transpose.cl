// Transposition through tiles in local memory, so that both sides are read and written at unit stride.
#ifndef ELEMENT
#define BODY "transpose.cl"

#define EDGE 32
#define GROUP_ROWS 8

#include "each_element.h"
#else

// y[column * rows + row] = x[row * columns + column], bit by bit: both matrices by rows, without gaps.
//
// Groups of 32 x 8 items; ceil(columns / 32) x ceil(rows / 32) of them, and at least one each way: either
// extent may be 0. x and y do not overlap.
kernel __attribute__((reqd_work_group_size(EDGE, GROUP_ROWS, 1))) void NAME(transpose)(
    const global BITS *restrict x, global BITS *restrict y, uint rows, uint columns) {
  // One more than a row holds, so that a column's elements lie in different banks.
  local BITS tile[EDGE][EDGE + 1];
  const size_t across = get_local_id(0);
  const size_t down = get_local_id(1);
  const size_t first_row = get_group_id(1) * EDGE;
  const size_t first_column = get_group_id(0) * EDGE;
#pragma unroll
  for (uint part = 0; part < EDGE; part += GROUP_ROWS) {
    const size_t row = first_row + down + part;
    const size_t column = first_column + across;
    if (row < rows && column < columns) tile[down + part][across] = x[row * columns + column];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
  for (uint part = 0; part < EDGE; part += GROUP_ROWS) {
    const size_t row = first_row + across;
    const size_t column = first_column + down + part;
    if (row < rows && column < columns) y[column * rows + row] = tile[across][down + part];
  }
}

#endif
