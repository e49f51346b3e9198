// What the items of a group do together. These groups have 64 items in one dimension.
#ifndef HAL_KERNELS_GROUP
#define HAL_KERNELS_GROUP

#define GROUP 64
#define GROUP_OF_64 __attribute__((reqd_work_group_size(GROUP, 1, 1)))

static inline float sum_of(float8 values) {
  const float4 four = values.lo + values.hi;
  const float2 two = four.lo + four.hi;
  return two.x + two.y;
}
static inline float most_of(float8 values) {
  const float4 four = fmax(values.lo, values.hi);
  const float2 two = fmax(four.lo, four.hi);
  return fmax(two.x, two.y);
}

// The sum of every item's values, in the same order in every run. Every item of the group calls it; `scratch`
// holds GROUP elements and is not written again before another barrier.
static inline float group_sum(local float *scratch, float8 values) {
  const size_t item = get_local_id(0);
  scratch[item] = sum_of(values);
  barrier(CLK_LOCAL_MEM_FENCE);
  float8 total = 0.0f;
  for (uint part = 0; part < GROUP; part += 8) total += vload8(0, scratch + part);
  return sum_of(total);
}

// The largest value, likewise.
static inline float group_max(local float *scratch, float8 values) {
  const size_t item = get_local_id(0);
  scratch[item] = most_of(values);
  barrier(CLK_LOCAL_MEM_FENCE);
  float8 most = vload8(0, scratch);
  for (uint part = 8; part < GROUP; part += 8) most = fmax(most, vload8(0, scratch + part));
  return most_of(most);
}

#endif
