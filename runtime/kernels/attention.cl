// Attention of one head with the online softmax: the matrix of scores is never in memory.
#ifndef ELEMENT
#define BODY "attention.cl"
#include "group.h"

#define QUERIES 16  // of a group
#define KEYS 32     // of a step
#define LANES 4     // items of a query: each has 8 of the keys, and every fourth 8 of the depth
#define MOST_DEPTH 128

#include "each_element.h"
#else

// out[i] = sum over j of softmax_j(scale * <q[i], k[j]>) * v[j], where q and out have `queries` rows, k and v
// have `keys` rows, all of `depth` elements, by rows and without gaps. With causal != 0, query i sees the
// keys j <= i + keys - queries only. A query that sees no key gives 0.
//
// Groups of 4 x 16 items; ceil(queries / 16) of them in the first dimension, and at least one: every extent
// may be 0. depth <= 128. out overlaps nothing. Scores are finite. Uses 27 KiB of local memory.
kernel __attribute__((reqd_work_group_size(LANES, QUERIES, 1))) void NAME(attention)(
    const global ELEMENT *restrict q, const global ELEMENT *restrict k, const global ELEMENT *restrict v,
    global ELEMENT *restrict out, uint queries, uint keys, uint depth, float scale, uint causal) {
  local float q_tile[QUERIES * MOST_DEPTH];
  local float8 other[KEYS * MOST_DEPTH / 8];  // keys by columns, then values by rows
  local float weights[QUERIES * KEYS];
  local float lanes[QUERIES * LANES];
  const size_t lane = get_local_id(0);
  const size_t row = get_local_id(1);
  const size_t first_query = get_group_id(0) * QUERIES;
  const size_t query = first_query + row;
  // Which of a step's keys or values this item loads, and where in the depth it begins.
  const size_t own_key = row * 2 + lane / 2;
  const size_t own_depth = lane % 2 * 8;

  for (size_t c = lane * 8; c < depth; c += LANES * 8)
    vstore8(load8_part(q, query * depth + c, query < queries ? left(depth, c) : 0, 0.0f) * scale, 0,
            q_tile + row * MOST_DEPTH + c);

  float8 sums[MOST_DEPTH / 8 / LANES];
#pragma unroll
  for (uint part = 0; part < MOST_DEPTH / 8 / LANES; ++part) sums[part] = 0.0f;
  float most = -INFINITY;  // of the query's scores so far
  float8 total = 0.0f;     // of the exponentials of this lane's keys
  // Keys that the last query of the group does not see are nobody's.
  size_t end = keys;
  if (causal) end = min(end, left(first_query + QUERIES + keys, queries));

  for (size_t step = 0; step < end; step += KEYS) {
    const size_t key = step + own_key;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (size_t c = own_depth; c < depth; c += 16) {
      float elements[8];
      vstore8(load8_part(k, key * depth + c, key < keys ? left(depth, c) : 0, 0.0f), 0, elements);
#pragma unroll
      for (uint i = 0; i < 8; ++i) ((local float *)other)[(c + i) * KEYS + own_key] = elements[i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);

    float8 scores = 0.0f;
#pragma unroll 8
    for (uint c = 0; c < depth; ++c) scores += q_tile[row * MOST_DEPTH + c] * other[c * LANES + lane];
    // Keys beyond the last that the query sees weigh nothing.
    const size_t seen = causal ? min((size_t)keys, left(query + 1 + keys, queries)) : keys;
    const size_t own_seen = left(seen, step + lane * 8);
    if (own_seen < 8) {
      float elements[8];
      vstore8(scores, 0, elements);
#pragma unroll
      for (uint i = 0; i < 8; ++i) elements[i] = i < own_seen ? elements[i] : -INFINITY;
      scores = vload8(0, elements);
    }
    lanes[row * LANES + lane] = most_of(scores);
    barrier(CLK_LOCAL_MEM_FENCE);

    const float4 of_lanes = vload4(row, lanes);
    const float2 of_two = fmax(of_lanes.lo, of_lanes.hi);
    const float now = fmax(most, fmax(of_two.x, of_two.y));
    // While no key was seen, any finite number will do: the exponentials are 0.
    const float base = now == -INFINITY ? 0.0f : now;
    const float shrink = exp(most - base);
    most = now;
    const float8 exponentials = exp(scores - base);
    total = total * shrink + exponentials;
    vstore8(exponentials, row * LANES + lane, weights);
    for (size_t c = own_depth; c < MOST_DEPTH && c < depth + LANES * 8; c += 16)
      other[own_key * (MOST_DEPTH / 8) + c / 8] =
          load8_part(v, key * depth + c, key < keys ? left(depth, c) : 0, 0.0f);
    barrier(CLK_LOCAL_MEM_FENCE);

#pragma unroll
    for (uint part = 0; part < MOST_DEPTH / 8 / LANES; ++part) {
      if (part * LANES * 8 < depth) {
        float8 sum = sums[part] * shrink;
#pragma unroll 8
        for (uint i = 0; i < KEYS; ++i)
          sum += weights[row * KEYS + i] * other[i * (MOST_DEPTH / 8) + part * LANES + lane];
        sums[part] = sum;
      }
    }
  }

  barrier(CLK_LOCAL_MEM_FENCE);
  lanes[row * LANES + lane] = sum_of(total);
  barrier(CLK_LOCAL_MEM_FENCE);
  const float4 of_lanes = vload4(row, lanes);
  const float weight = of_lanes.x + of_lanes.y + of_lanes.z + of_lanes.w;
  const float factor = weight > 0.0f ? 1.0f / weight : 0.0f;
#pragma unroll
  for (uint part = 0; part < MOST_DEPTH / 8 / LANES; ++part) {
    const size_t c = (part * LANES + lane) * 8;
    if (query < queries) store8_part(out, query * depth + c, left(depth, c), sums[part] * factor);
  }
}

#endif
