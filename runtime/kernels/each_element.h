// Compiles a kernel file's body once for each element: NAME(copy) is copy_f32, then copy_f16. BODY is the
// file itself.
//
// f16 is storage only: elements are widened with vload_half, all arithmetic is done in f32, and results are
// rounded to nearest with vstore_half. These are part of every OpenCL C, so the kernels run where cl_khr_fp16
// is missing, and sums keep their accuracy.
#ifndef HAL_KERNELS_EACH_ELEMENT
#define HAL_KERNELS_EACH_ELEMENT

static inline float __attribute__((overloadable)) load(global const float *from, size_t index) {
  return from[index];
}
static inline float __attribute__((overloadable)) load(const global half *from, size_t index) {
  return vload_half(index, from);
}
static inline void __attribute__((overloadable)) store(global float *to, size_t index, float value) {
  to[index] = value;
}
static inline void __attribute__((overloadable)) store(global half *to, size_t index, float value) {
  vstore_half(value, index, to);
}

#define ELEMENT float
#define BITS uint
#define NAME(name) name##_f32
#include BODY
#undef ELEMENT
#undef BITS
#undef NAME

#define ELEMENT half
#define BITS ushort
#define NAME(name) name##_f16
#include BODY
#undef ELEMENT
#undef BITS
#undef NAME

#endif
