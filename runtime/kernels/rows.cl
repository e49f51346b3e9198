// Row by row: softmax, layer norm, rms norm. Each group does one row of any length; sums are made in the same
// order in every run.
#ifndef ELEMENT
#define BODY "rows.cl"
#include "group.h"

#include "each_element.h"
#else

// y[r][c] = exp(x[r][c] - most) / sum of exp(x[r][j] - most), where most is the largest of the row.
//
// Groups of 256 items, one for each row, and at least one: rows and columns may be 0. x and y do not overlap.
// -INFINITY gives 0; a row of nothing else, and one with NaN or +INFINITY in it, is undefined.
kernel ONE_DIMENSION void NAME(softmax)(const global ELEMENT *restrict x, global ELEMENT *restrict y,
                                        uint rows, uint columns) {
  local float scratch[GROUP];
  const size_t item = get_local_id(0);
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  float most = -INFINITY;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) most = fmax(most, load(x, first + tile + item));
    TOGETHER();
  }
  most = group_max(scratch, most);
  float sum = 0.0f;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) sum += exp(load(x, first + tile + item) - most);
    TOGETHER();
  }
  sum = group_sum(scratch, sum);
  const float factor = 1.0f / sum;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) store(y, first + tile + item, exp(load(x, first + tile + item) - most) * factor);
    TOGETHER();
  }
}

// y[r][c] = (x[r][c] - mean) / sqrt(variance + epsilon) * weight[c] + bias[c], where mean and variance (of
// the whole row, not of a sample) are the row's.
//
// Groups of 256 items, one for each row, and at least one: rows and columns may be 0. y overlaps nothing.
// epsilon > 0.
kernel ONE_DIMENSION void NAME(layer_norm)(const global ELEMENT *restrict x,
                                           const global ELEMENT *restrict weight,
                                           const global ELEMENT *restrict bias, global ELEMENT *restrict y,
                                           uint rows, uint columns, float epsilon) {
  local float scratch[GROUP];
  const size_t item = get_local_id(0);
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  float sum = 0.0f;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) sum += load(x, first + tile + item);
    TOGETHER();
  }
  const float mean = group_sum(scratch, sum) / (float)columns;
  // Of the differences, not of the squares less the square: those cancel.
  float squares = 0.0f;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) {
      const float difference = load(x, first + tile + item) - mean;
      squares += difference * difference;
    }
    TOGETHER();
  }
  const float factor = 1.0f / sqrt(group_sum(scratch, squares) / (float)columns + epsilon);
  for (size_t tile = 0; tile < width; tile += GROUP) {
    const size_t c = tile + item;
    if (c < width)
      store(y, first + c, (load(x, first + c) - mean) * factor * load(weight, c) + load(bias, c));
    TOGETHER();
  }
}

// y[r][c] = x[r][c] / sqrt(mean of the row's squares + epsilon) * weight[c].
//
// Groups of 256 items, one for each row, and at least one: rows and columns may be 0. y overlaps nothing.
// epsilon > 0.
kernel ONE_DIMENSION void NAME(rms_norm)(const global ELEMENT *restrict x,
                                         const global ELEMENT *restrict weight, global ELEMENT *restrict y,
                                         uint rows, uint columns, float epsilon) {
  local float scratch[GROUP];
  const size_t item = get_local_id(0);
  const size_t width = get_group_id(0) < rows ? columns : 0;
  const size_t first = get_group_id(0) * width;
  float squares = 0.0f;
  for (size_t tile = 0; tile < width; tile += GROUP) {
    if (tile + item < width) {
      const float value = load(x, first + tile + item);
      squares += value * value;
    }
    TOGETHER();
  }
  const float factor = 1.0f / sqrt(group_sum(scratch, squares) / (float)columns + epsilon);
  for (size_t tile = 0; tile < width; tile += GROUP) {
    const size_t c = tile + item;
    if (c < width) store(y, first + c, load(x, first + c) * factor * load(weight, c));
    TOGETHER();
  }
}

#endif
