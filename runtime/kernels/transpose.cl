// Transposition through tiles in local memory, so that both sides are read and written at unit stride.
#ifndef ELEMENT
#define BODY "transpose.cl"

#define EDGE 64
#define ITEMS 8
#define STRIDE (EDGE + 1)  // so that a column's elements lie in different banks

#include "each_element.h"
#else

// y[column * rows + row] = x[row * columns + column], bit by bit: both matrices by rows, without gaps.
//
// Groups of 8 x 8 items; ceil(columns / 64) x ceil(rows / 64) of them, and at least one each way: either
// extent may be 0. x and y do not overlap.
kernel __attribute__((reqd_work_group_size(ITEMS, ITEMS, 1))) void NAME(transpose)(
    const global BITS *restrict x, global BITS *restrict y, uint rows, uint columns) {
  local BITS tile[EDGE * STRIDE];
  const size_t across = get_local_id(0) * 8;
  const size_t down = get_local_id(1);
  const size_t first_row = get_group_id(1) * EDGE;
  const size_t first_column = get_group_id(0) * EDGE;
#pragma unroll
  for (uint part = 0; part < EDGE; part += ITEMS) {
    const size_t row = first_row + down + part;
    const size_t from = row * columns + first_column + across;
    const size_t count = row < rows ? left(columns, first_column + across) : 0;
    local BITS *to = tile + (down + part) * STRIDE + across;
    if (count >= 8) {
      vstore8(vload8(0, x + from), 0, to);
    } else {
#pragma unroll
      for (uint i = 0; i < 8; ++i) {
        if (i < count) to[i] = x[from + i];
      }
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
  for (uint part = 0; part < EDGE; part += ITEMS) {
    const size_t column = first_column + down + part;
    const size_t to = column * rows + first_row + across;
    const size_t count = column < columns ? left(rows, first_row + across) : 0;
    BITS elements[8];
#pragma unroll
    for (uint i = 0; i < 8; ++i) elements[i] = tile[(across + i) * STRIDE + down + part];
    if (count >= 8) {
      vstore8(vload8(0, elements), 0, y + to);
    } else {
#pragma unroll
      for (uint i = 0; i < 8; ++i) {
        if (i < count) y[to + i] = elements[i];
      }
    }
  }
}

#endif
