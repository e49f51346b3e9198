// The suite's kernels as HIP C++, for hipRTC; kernels.hpp says what each does. HAL_BARE is for a compiler without HIP's
// headers, and takes the place of what those and hipRTC define.
#ifdef HAL_BARE
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define HAL_THREAD(axis) __builtin_amdgcn_workitem_id_##axis()
#define HAL_BLOCK(axis) __builtin_amdgcn_workgroup_id_##axis()
#define HAL_EXTENT(axis) __builtin_amdgcn_workgroup_size_##axis()
#define HAL_BLOCKS(axis) (__builtin_amdgcn_grid_size_##axis() / __builtin_amdgcn_workgroup_size_##axis())
#define HAL_ADD(to) __hip_atomic_fetch_add(to, 1u, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT)
static inline __device__ void __syncthreads() {
  __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}
#else
#define HAL_THREAD(axis) threadIdx.axis
#define HAL_BLOCK(axis) blockIdx.axis
#define HAL_EXTENT(axis) blockDim.axis
#define HAL_BLOCKS(axis) gridDim.axis
#define HAL_ADD(to) atomicAdd(to, 1u)
#endif

struct alignas(16) sixteen_bytes {
  unsigned char bytes[16];
};
struct alignas(16) sixty_four_bytes {
  unsigned char bytes[64];
};

extern "C" __global__ void fill_index(unsigned *out) {
  const unsigned long width = (unsigned long)HAL_BLOCKS(x) * HAL_EXTENT(x);
  const unsigned long depth = (unsigned long)HAL_BLOCKS(y) * HAL_EXTENT(y);
  const unsigned long x = (unsigned long)HAL_BLOCK(x) * HAL_EXTENT(x) + HAL_THREAD(x);
  const unsigned long y = (unsigned long)HAL_BLOCK(y) * HAL_EXTENT(y) + HAL_THREAD(y);
  const unsigned long z = (unsigned long)HAL_BLOCK(z) * HAL_EXTENT(z) + HAL_THREAD(z);
  const unsigned long block = ((unsigned long)HAL_BLOCK(z) * HAL_BLOCKS(y) + HAL_BLOCK(y)) * HAL_BLOCKS(x) + HAL_BLOCK(x);
  const unsigned long item = ((unsigned long)HAL_THREAD(z) * HAL_EXTENT(y) + HAL_THREAD(y)) * HAL_EXTENT(x) + HAL_THREAD(x);
  out[(z * depth + y) * width + x] = (unsigned)(block * HAL_EXTENT(x) * HAL_EXTENT(y) * HAL_EXTENT(z) + item);
}

extern "C" __global__ void vector_add(const float *left, const float *right, float *sum, unsigned count) {
  const unsigned i = HAL_BLOCK(x) * HAL_EXTENT(x) + HAL_THREAD(x);
  if (i < count) sum[i] = left[i] + right[i];
}

extern "C" __global__ void reverse_block(unsigned *data) {
  __shared__ unsigned shared[64];
  const unsigned i = HAL_BLOCK(x) * HAL_EXTENT(x) + HAL_THREAD(x);
  shared[HAL_THREAD(x)] = data[i];
  __syncthreads();
  data[i] = shared[HAL_EXTENT(x) - 1 - HAL_THREAD(x)];
}

extern __shared__ unsigned dynamic[];

extern "C" __global__ void block_sum(const unsigned *in, unsigned *sums) {
  const unsigned item = HAL_THREAD(x);
  dynamic[item] = in[HAL_BLOCK(x) * HAL_EXTENT(x) + item];
  for (unsigned step = HAL_EXTENT(x) / 2; step > 0; step /= 2) {
    __syncthreads();
    if (item < step) dynamic[item] += dynamic[item + step];
  }
  if (item == 0) sums[HAL_BLOCK(x)] = dynamic[0];
}

template <typename Value>
static __device__ unsigned char *write(unsigned char *out, const Value &value) {
  const unsigned char *bytes = (const unsigned char *)&value;
  for (unsigned i = 0; i < sizeof value; ++i) out[i] = bytes[i];
  return out + sizeof value;
}

extern "C" __global__ void mixed_arguments(unsigned char a, unsigned short b, unsigned c, unsigned char *out,
                                           unsigned long d, sixteen_bytes e, sixty_four_bytes f) {
  out = write(write(write(write(write(write(out, a), b), c), d), e), f);
  *out = 0;
}

// Passes about the time that is asked for, roughly: the volatile variable keeps the loop.
extern "C" __global__ void spin(unsigned microseconds, unsigned *out, unsigned mark) {
  volatile unsigned value = mark;
  for (unsigned long step = (unsigned long)microseconds * 250; step > 0; --step) value = value * 1664525u + 1013904222u;
  out[HAL_BLOCK(x)] = mark;
}

extern "C" __global__ void fail_block(unsigned block) {
  if (HAL_BLOCK(x) == block) __builtin_trap();
}

extern "C" __global__ void count(unsigned *out) {
  HAL_ADD(out);
}

extern "C" __global__ void nothing() {
}

// HIP has no word for it.
extern "C" __global__ void required_block() {
}
