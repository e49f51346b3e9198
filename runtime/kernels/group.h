// What the items of a group do together. Groups here have 256 items in one dimension.
#ifndef HAL_KERNELS_GROUP
#define HAL_KERNELS_GROUP

#define GROUP 256
#define ONE_DIMENSION __attribute__((reqd_work_group_size(GROUP, 1, 1)))

// Ends each round of a loop in which the items of a group read neighbouring elements. A CPU runs the items in
// a loop between two barriers: a barrier here makes that loop the inner one, at unit stride, so that it
// vectorises. A GPU needs none.
#if defined(__x86_64__) || defined(__aarch64__) || defined(__riscv)
#define TOGETHER() barrier(CLK_LOCAL_MEM_FENCE)
#else
#define TOGETHER()
#endif

// The sum of every item's value, in the same order in every run. Every item of the group calls it; `scratch`
// holds GROUP elements.
static inline float group_sum(local float *scratch, float value) {
  const size_t item = get_local_id(0);
  scratch[item] = value;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 16) {
    float sum = scratch[item];
#pragma unroll
    for (uint part = 1; part < 16; ++part) sum += scratch[item + 16 * part];
    scratch[item] = sum;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float total = scratch[0];
#pragma unroll
  for (uint part = 1; part < 16; ++part) total += scratch[part];
  barrier(CLK_LOCAL_MEM_FENCE);
  return total;
}

// The largest value, likewise.
static inline float group_max(local float *scratch, float value) {
  const size_t item = get_local_id(0);
  scratch[item] = value;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 16) {
    float most = scratch[item];
#pragma unroll
    for (uint part = 1; part < 16; ++part) most = fmax(most, scratch[item + 16 * part]);
    scratch[item] = most;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float most = scratch[0];
#pragma unroll
  for (uint part = 1; part < 16; ++part) most = fmax(most, scratch[part]);
  barrier(CLK_LOCAL_MEM_FENCE);
  return most;
}

#endif
