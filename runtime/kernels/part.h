// Eight elements of which the last may lie behind the end. Included once for each ELEMENT.

// The first `count` of the eight at `index`, and `otherwise` in place of the rest.
static inline float8 __attribute__((overloadable))
load8_part(const global ELEMENT *from, size_t index, size_t count, float otherwise) {
  if (count >= 8) return load8(from, index);
  float elements[8];
#pragma unroll
  for (uint i = 0; i < 8; ++i) elements[i] = i < count ? load(from, index + i) : otherwise;
  return vload8(0, elements);
}

// Stores the first `count` of the eight.
static inline void __attribute__((overloadable))
store8_part(global ELEMENT *to, size_t index, size_t count, float8 values) {
  if (count >= 8) {
    store8(to, index, values);
    return;
  }
  float elements[8];
  vstore8(values, 0, elements);
#pragma unroll
  for (uint i = 0; i < 8; ++i) {
    if (i < count) store(to, index + i, elements[i]);
  }
}
