// Row by row: softmax, layer norm, rms norm. Each group does one row of any length; sums are made in the same
// order in every run.
#ifndef ELEMENT
#define BODY "rows.cl"
#include "group.h"

#define TILE (GROUP * 8)

#include "each_element.h"
#else

// y[r][c] = exp(x[r][c] - most) / sum of exp(x[r][j] - most), where most is the largest of the row.
//
// Groups of 64 items, one for each row, and at least one: rows and columns may be 0. x and y do not overlap.
// -INFINITY gives 0; a row of nothing else, and one with NaN or +INFINITY in it, is undefined.
kernel GROUP_OF_64 void NAME(softmax)(const global ELEMENT *restrict x, global ELEMENT *restrict y, uint rows,
                                      uint columns) {
  local float maxima[GROUP];
  local float partial[GROUP];
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  const size_t own = get_local_id(0) * 8;
  float8 largest = -INFINITY;
  for (size_t c = own; c < width; c += TILE)
    largest = fmax(largest, load8_part(x, first + c, left(width, c), -INFINITY));
  const float most = group_max(maxima, largest);
  float8 sum = 0.0f;
  for (size_t c = own; c < width; c += TILE)
    sum += exp(load8_part(x, first + c, left(width, c), -INFINITY) - most);
  const float factor = 1.0f / group_sum(partial, sum);
  for (size_t c = own; c < width; c += TILE) {
    const size_t count = left(width, c);
    store8_part(y, first + c, count, exp(load8_part(x, first + c, count, -INFINITY) - most) * factor);
  }
}

// y[r][c] = (x[r][c] - mean) / sqrt(variance + epsilon) * weight[c] + bias[c], where mean and variance (of
// the whole row, not of a sample) are the row's.
//
// Groups of 64 items, one for each row, and at least one: rows and columns may be 0. y overlaps nothing.
// epsilon > 0.
kernel GROUP_OF_64 void NAME(layer_norm)(const global ELEMENT *restrict x,
                                         const global ELEMENT *restrict weight,
                                         const global ELEMENT *restrict bias, global ELEMENT *restrict y,
                                         uint rows, uint columns, float epsilon) {
  local float partial[GROUP];
  local float deviations[GROUP];
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  const size_t own = get_local_id(0) * 8;
  float8 sum = 0.0f;
  for (size_t c = own; c < width; c += TILE) sum += load8_part(x, first + c, left(width, c), 0.0f);
  const float mean = group_sum(partial, sum) / (float)columns;
  // Of the differences, not of the squares less the square: those cancel.
  float8 squares = 0.0f;
  for (size_t c = own; c < width; c += TILE) {
    const float8 difference = load8_part(x, first + c, left(width, c), mean) - mean;
    squares += difference * difference;
  }
  const float factor = rsqrt(group_sum(deviations, squares) / (float)columns + epsilon);
  for (size_t c = own; c < width; c += TILE) {
    const size_t count = left(width, c);
    const float8 normal = (load8_part(x, first + c, count, 0.0f) - mean) * factor;
    store8_part(y, first + c, count,
                normal * load8_part(weight, c, count, 0.0f) + load8_part(bias, c, count, 0.0f));
  }
}

// y[r][c] = x[r][c] / sqrt(mean of the row's squares + epsilon) * weight[c].
//
// Groups of 64 items, one for each row, and at least one: rows and columns may be 0. y overlaps nothing.
// epsilon > 0.
kernel GROUP_OF_64 void NAME(rms_norm)(const global ELEMENT *restrict x,
                                       const global ELEMENT *restrict weight, global ELEMENT *restrict y,
                                       uint rows, uint columns, float epsilon) {
  local float scratch[GROUP];
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  const size_t own = get_local_id(0) * 8;
  float8 squares = 0.0f;
  for (size_t c = own; c < width; c += TILE) {
    const float8 values = load8_part(x, first + c, left(width, c), 0.0f);
    squares += values * values;
  }
  const float factor = rsqrt(group_sum(scratch, squares) / (float)columns + epsilon);
  for (size_t c = own; c < width; c += TILE) {
    const size_t count = left(width, c);
    store8_part(y, first + c, count,
                load8_part(x, first + c, count, 0.0f) * factor * load8_part(weight, c, count, 0.0f));
  }
}

#endif
