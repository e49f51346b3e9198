// Attention of one head with the online softmax: the matrix of scores is never in memory.
#ifndef ELEMENT
#define BODY "attention.cl"
#include "group.h"

#define EDGE 16  // queries of a group, and keys of a step
#define MOST_DEPTH 128
#define STRIDE 17  // of a column of keys: one more than EDGE, so that neighbours lie in different banks

#include "each_element.h"
#else

// out[i] = sum over j of softmax_j(scale * <q[i], k[j]>) * v[j], where q and out have `queries` rows, k and v
// have `keys` rows, all of `depth` elements, by rows and without gaps. With causal != 0, query i sees the
// keys j <= i + keys - queries only. A query that sees no key gives 0.
//
// Groups of 16 x 16 items; ceil(queries / 16) of them in the first dimension, and at least one: every extent
// may be 0. depth <= 128. out overlaps nothing. Scores are finite. Uses 28 KiB of local memory.
kernel __attribute__((reqd_work_group_size(EDGE, EDGE, 1))) void NAME(attention)(
    const global ELEMENT *restrict q, const global ELEMENT *restrict k, const global ELEMENT *restrict v,
    global ELEMENT *restrict out, uint queries, uint keys, uint depth, float scale, uint causal) {
  local float q_tile[EDGE][MOST_DEPTH];
  local float sums[EDGE][MOST_DEPTH];
  local float other[MOST_DEPTH * STRIDE];  // keys by columns, then values by rows
  local float scores[EDGE][EDGE];
  local float most[EDGE];
  local float weight[EDGE];  // the sum of the exponentials so far
  local float shrink[EDGE];  // what the sums so far are worth under the new `most`
  const size_t lane = get_local_id(0);
  const size_t row = get_local_id(1);
  const size_t first_query = get_group_id(0) * EDGE;
  const size_t query = first_query + row;

  for (uint c = 0; c < depth; c += EDGE) {
    q_tile[row][c + lane] =
        query < queries && c + lane < depth ? load(q, query * depth + c + lane) * scale : 0.0f;
    sums[row][c + lane] = 0.0f;
    TOGETHER();
  }
  if (lane == 0) {
    most[row] = -INFINITY;
    weight[row] = 0.0f;
  }
  // Keys that the last query of the group does not see are nobody's.
  size_t end = keys;
  if (causal) end = min(end, max(first_query + EDGE + keys, (size_t)queries) - queries);

  for (size_t step = 0; step < end; step += EDGE) {
    for (uint c = 0; c < depth; c += EDGE) {
      other[(c + lane) * STRIDE + row] =
          step + row < keys && c + lane < depth ? load(k, (step + row) * depth + c + lane) : 0.0f;
      TOGETHER();
    }
    barrier(CLK_LOCAL_MEM_FENCE);

    float score = 0.0f;
    for (uint c = 0; c < depth; c += EDGE) {
#pragma unroll
      for (uint part = 0; part < EDGE; ++part)
        score += q_tile[row][c + part] * other[(c + part) * STRIDE + lane];
      TOGETHER();
    }
    const size_t key = step + lane;
    const bool seen = key < keys && (!causal || key + queries <= query + keys);
    scores[row][lane] = seen ? score : -INFINITY;
    barrier(CLK_LOCAL_MEM_FENCE);

    if (lane == 0) {
      float now = most[row];
      for (uint part = 0; part < EDGE; ++part) now = fmax(now, scores[row][part]);
      // While no key was seen, any finite number will do: the exponentials are 0.
      const float base = now == -INFINITY ? 0.0f : now;
      shrink[row] = exp(most[row] - base);
      most[row] = now;
    }
    for (uint c = 0; c < depth; c += EDGE) {
      other[row * MOST_DEPTH + c + lane] =
          step + row < keys && c + lane < depth ? load(v, (step + row) * depth + c + lane) : 0.0f;
      TOGETHER();
    }
    barrier(CLK_LOCAL_MEM_FENCE);

    const float base = most[row] == -INFINITY ? 0.0f : most[row];
    scores[row][lane] = exp(scores[row][lane] - base);
    barrier(CLK_LOCAL_MEM_FENCE);

    if (lane == 0) {
      float sum = 0.0f;
      for (uint part = 0; part < EDGE; ++part) sum += scores[row][part];
      weight[row] = weight[row] * shrink[row] + sum;
    }
    for (uint c = 0; c < depth; c += EDGE) {
      float sum = sums[row][c + lane] * shrink[row];
#pragma unroll
      for (uint part = 0; part < EDGE; ++part) sum += scores[row][part] * other[part * MOST_DEPTH + c + lane];
      sums[row][c + lane] = sum;
      TOGETHER();
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  barrier(CLK_LOCAL_MEM_FENCE);

  const float factor = weight[row] > 0.0f ? 1.0f / weight[row] : 0.0f;
  for (uint c = 0; c < depth; c += EDGE) {
    if (query < queries && c + lane < depth)
      store(out, query * depth + c + lane, sums[row][c + lane] * factor);
    TOGETHER();
  }
}

#endif
