// The suite's kernels as OpenCL C, for the formats that a compiler or a driver makes of it; kernels.hpp says what
// each does. OpenCL C has no dynamic shared memory but an argument's, so block_sum is not here.
//
// HAL_FAULT is a statement that ends the block as a fault would. On a CPU it would end the process: there fail_block is not
// launched.
#if !defined(HAL_FAULT) && defined(__SPIRV__)
#define HAL_FAULT *(volatile global int *)0 = 1
#elif !defined(HAL_FAULT)
#define HAL_FAULT __builtin_trap()
#endif

typedef struct __attribute__((aligned(16))) {
  uchar bytes[64];
} sixty_four_bytes;

static size_t linear_block(void) {
  return (get_group_id(2) * get_num_groups(1) + get_group_id(1)) * get_num_groups(0) + get_group_id(0);
}

static size_t items_of_block(void) {
  return get_local_size(0) * get_local_size(1) * get_local_size(2);
}

kernel void fill_index(global uint *out) {
  const size_t within = (get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0);
  const size_t at = (get_global_id(2) * get_global_size(1) + get_global_id(1)) * get_global_size(0) + get_global_id(0);
  out[at] = (uint)(linear_block() * items_of_block() + within);
}

kernel void vector_add(global const float *left, global const float *right, global float *sum, uint count) {
  const size_t i = get_global_id(0);
  if (i < count) sum[i] = left[i] + right[i];
}

kernel void reverse_block(global uint *data) {
  local uint shared[64];
  const size_t item = get_local_id(0);
  const size_t extent = get_local_size(0);
  shared[item] = data[get_global_id(0)];
  barrier(CLK_LOCAL_MEM_FENCE);
  data[get_global_id(0)] = shared[extent - 1 - item];
}

kernel void block_sum_argument(global const uint *in, global uint *sums, local uint *scratch) {
  const size_t item = get_local_id(0);
  scratch[item] = in[get_global_id(0)];
  for (size_t step = get_local_size(0) / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < step) scratch[item] += scratch[item + step];
  }
  if (item == 0) sums[get_group_id(0)] = scratch[0];
}

static global uchar *write(global uchar *out, const uchar *value, uint size) {
  for (uint i = 0; i < size; ++i) out[i] = value[i];
  return out + size;
}

kernel void mixed_arguments(uchar a, ushort b, uint c, global uchar *out, ulong d, uint4 e, sixty_four_bytes f) {
  out = write(out, (const uchar *)&a, 1);
  out = write(out, (const uchar *)&b, 2);
  out = write(out, (const uchar *)&c, 4);
  out = write(out, (const uchar *)&d, 8);
  out = write(out, (const uchar *)&e, 16);
  out = write(out, f.bytes, 64);
  *out = 0;
}

// Passes about the time that is asked for, roughly: the volatile variable keeps the loop. Counted upwards: clang makes
// of a loop down to 0 an addition with carry of 64 bits, on which Intel's compiler ends the process.
kernel void spin(uint microseconds, global uint *out, uint mark) {
  volatile uint value = mark;
  for (ulong step = 0, last = (ulong)microseconds * 250; step < last; ++step) value = value * 1664525u + 1013904222u;
  out[get_group_id(0)] = mark;
}

kernel void fail_block(uint block) {
  if (get_group_id(0) == block) HAL_FAULT;
}

kernel void count(global uint *out) {
  atomic_inc((volatile global uint *)out);
}

kernel void nothing(void) {
}

kernel __attribute__((reqd_work_group_size(8, 1, 1))) void required_block(void) {
}
