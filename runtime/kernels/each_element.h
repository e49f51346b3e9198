// Compiles a kernel file's body once for each element: NAME(copy) is copy_f32, then copy_f16. BODY is the
// file itself.
//
// f16 is storage only: elements are widened with vload_half, all arithmetic is done in f32, and results are
// rounded to nearest with vstore_half. These are part of every OpenCL C, so the kernels run where cl_khr_fp16
// is missing, and sums keep their accuracy.
//
// An item works on eight neighbouring elements at a time: a CPU that runs the items of a group one by one
// does them in vector registers, and a GPU loads them in wide accesses.
#ifndef HAL_KERNELS_EACH_ELEMENT
#define HAL_KERNELS_EACH_ELEMENT

static inline float __attribute__((overloadable)) load(global const float *from, size_t index) {
  return from[index];
}
static inline float __attribute__((overloadable)) load(const global half *from, size_t index) {
  return vload_half(index, from);
}
static inline float8 __attribute__((overloadable)) load8(global const float *from, size_t index) {
  return vload8(0, from + index);
}
static inline float8 __attribute__((overloadable)) load8(const global half *from, size_t index) {
  return vload_half8(0, from + index);
}
static inline void __attribute__((overloadable)) store(global float *to, size_t index, float value) {
  to[index] = value;
}
static inline void __attribute__((overloadable)) store(global half *to, size_t index, float value) {
  vstore_half(value, index, to);
}
static inline void __attribute__((overloadable)) store8(global float *to, size_t index, float8 values) {
  vstore8(values, 0, to + index);
}
static inline void __attribute__((overloadable)) store8(global half *to, size_t index, float8 values) {
  vstore_half8(values, 0, to + index);
}

// How many elements there are from `at` on.
static inline size_t left(size_t end, size_t at) {
  return end > at ? end - at : 0;
}

#define ELEMENT float
#define BITS uint
#define NAME(name) name##_f32
#include "part.inc"

#include BODY
#undef ELEMENT
#undef BITS
#undef NAME

#define ELEMENT half
#define BITS ushort
#define NAME(name) name##_f16
#include "part.inc"

#include BODY
#undef ELEMENT
#undef BITS
#undef NAME

#endif
