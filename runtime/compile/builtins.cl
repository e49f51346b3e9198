// Built-in functions of OpenCL C 3.0 that a target's own library lacks. Compiled for the target and linked before
// that library; what nobody calls is left out. LACKS_* say what the target lacks.

#define OVER __attribute__((overloadable, always_inline))

#ifdef LACKS_LINEAR_IDS
size_t OVER get_enqueued_local_size(uint axis) {
  return get_local_size(axis);
}

size_t OVER get_global_linear_id(void) {
  return (get_global_id(2) * get_global_size(1) + get_global_id(1)) * get_global_size(0) + get_global_id(0);
}

size_t OVER get_local_linear_id(void) {
  return (get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0);
}

void OVER work_group_barrier(cl_mem_fence_flags flags) {
  barrier(flags);
}

void OVER work_group_barrier(cl_mem_fence_flags flags, memory_scope scope) {
  barrier(flags);
}

void OVER atomic_work_item_fence(cl_mem_fence_flags flags, memory_order order, memory_scope scope) {
  mem_fence(flags);
}
#endif

#ifdef LACKS_WORK_DIMENSIONS
size_t OVER get_global_offset(uint axis) {
  return 0;
}

uint OVER get_work_dim(void) {
  if (get_global_size(2) > 1) return 3;
  return get_global_size(1) > 1 ? 2 : 1;
}
#endif

#ifdef LACKS_FENCES
void OVER mem_fence(cl_mem_fence_flags flags) {
  atomic_work_item_fence(flags, memory_order_acq_rel, memory_scope_work_group);
}

void OVER read_mem_fence(cl_mem_fence_flags flags) {
  atomic_work_item_fence(flags, memory_order_acquire, memory_scope_work_group);
}

void OVER write_mem_fence(cl_mem_fence_flags flags) {
  atomic_work_item_fence(flags, memory_order_release, memory_scope_work_group);
}

#define ANY_ALL(type, n)                                    \
  int OVER any(type##n v) {                                 \
    int found = 0;                                          \
    for (int i = 0; i < n; ++i) found |= v[i] < 0;          \
    return found;                                           \
  }                                                         \
  int OVER all(type##n v) {                                 \
    int found = 1;                                          \
    for (int i = 0; i < n; ++i) found &= v[i] < 0;          \
    return found;                                           \
  }
#define ANY_ALL_OF(type) ANY_ALL(type, 2) ANY_ALL(type, 3) ANY_ALL(type, 4) ANY_ALL(type, 8) ANY_ALL(type, 16)
ANY_ALL_OF(char) ANY_ALL_OF(short) ANY_ALL_OF(int) ANY_ALL_OF(long)
#endif

// The atomics of OpenCL C 2.0 in terms of the compiler's.
#define FETCH(name, type)                                                                                   \
  type OVER atomic_##name(volatile atomic_##type *at, type with) {                                          \
    return __opencl_atomic_##name(at, with, memory_order_seq_cst, memory_scope_device);                     \
  }                                                                                                         \
  type OVER atomic_##name##_explicit(volatile atomic_##type *at, type with, memory_order order) {           \
    return __opencl_atomic_##name(at, with, order, memory_scope_device);                                    \
  }
#define FETCH_ALL(name) FETCH(name, int) FETCH(name, uint) FETCH(name, long) FETCH(name, ulong)

#ifdef LACKS_ATOMICS
FETCH_ALL(fetch_add)
FETCH_ALL(fetch_sub)
FETCH_ALL(fetch_and)
FETCH_ALL(fetch_or)
FETCH_ALL(fetch_xor)
FETCH_ALL(fetch_min)
FETCH_ALL(fetch_max)
FETCH_ALL(exchange)
FETCH(exchange, float)

#define PLAIN(type)                                                                                         \
  type OVER atomic_load(volatile atomic_##type *at) {                                                       \
    return __opencl_atomic_load(at, memory_order_seq_cst, memory_scope_device);                             \
  }                                                                                                         \
  type OVER atomic_load_explicit(volatile atomic_##type *at, memory_order order) {                          \
    return __opencl_atomic_load(at, order, memory_scope_device);                                            \
  }                                                                                                         \
  void OVER atomic_store(volatile atomic_##type *at, type with) {                                           \
    __opencl_atomic_store(at, with, memory_order_seq_cst, memory_scope_device);                             \
  }                                                                                                         \
  void OVER atomic_store_explicit(volatile atomic_##type *at, type with, memory_order order) {              \
    __opencl_atomic_store(at, with, order, memory_scope_device);                                            \
  }                                                                                                         \
  bool OVER atomic_compare_exchange_strong(volatile atomic_##type *at, type *expected, type with) {         \
    return __opencl_atomic_compare_exchange_strong(at, expected, with, memory_order_seq_cst,                \
                                                   memory_order_seq_cst, memory_scope_device);              \
  }                                                                                                         \
  bool OVER atomic_compare_exchange_weak(volatile atomic_##type *at, type *expected, type with) {           \
    return atomic_compare_exchange_strong(at, expected, with);                                              \
  }                                                                                                         \
  bool OVER atomic_compare_exchange_strong_explicit(volatile atomic_##type *at, type *expected, type with,  \
                                                    memory_order success, memory_order failure) {           \
    return atomic_compare_exchange_strong(at, expected, with);                                              \
  }                                                                                                         \
  bool OVER atomic_compare_exchange_weak_explicit(volatile atomic_##type *at, type *expected, type with,    \
                                                  memory_order success, memory_order failure) {             \
    return atomic_compare_exchange_strong(at, expected, with);                                              \
  }
PLAIN(int)
PLAIN(uint)
PLAIN(long)
PLAIN(ulong)
PLAIN(float)
#endif

#ifdef LACKS_OLD_ATOMICS
FETCH_ALL(fetch_min)
FETCH_ALL(fetch_max)

// Those of OpenCL C 1.x order nothing.
#define OLD(name, fetch, type, space)                                                                       \
  type OVER atomic_##name(volatile space type *at, type with) {                                             \
    return __opencl_atomic_##fetch((volatile space atomic_##type *)at, with, memory_order_relaxed,          \
                                   memory_scope_device);                                                    \
  }
#define OLD_STEP(name, fetch, type, space)                                                                  \
  type OVER atomic_##name(volatile space type *at) {                                                        \
    return __opencl_atomic_##fetch((volatile space atomic_##type *)at, 1, memory_order_relaxed,             \
                                   memory_scope_device);                                                    \
  }
#define OLD_ALL(type, space)                                                                                \
  OLD(xchg, exchange, type, space)                                                                          \
  OLD(min, fetch_min, type, space)                                                                          \
  OLD(max, fetch_max, type, space)                                                                          \
  OLD_STEP(inc, fetch_add, type, space)                                                                     \
  OLD_STEP(dec, fetch_sub, type, space)
OLD_ALL(int, global)
OLD_ALL(int, local)
OLD_ALL(uint, global)
OLD_ALL(uint, local)
OLD(xchg, exchange, float, global)
OLD(xchg, exchange, float, local)
#endif

#ifdef LACKS_COPIES
// Either way between local and global memory: on such targets they are one, and the name is the same. Each item
// copies its part; wait_group_events is a barrier.
#define COPY(type, n)                                                                                       \
  event_t OVER async_work_group_copy(local type##n *to, const global type##n *from, size_t count,           \
                                     event_t before) {                                                      \
    for (size_t i = get_local_linear_id(); i < count;                                                       \
         i += get_local_size(0) * get_local_size(1) * get_local_size(2))                                    \
      to[i] = from[i];                                                                                      \
    return before;                                                                                          \
  }                                                                                                         \
  void OVER prefetch(const global type##n *from, size_t count) {                                            \
  }
#define COPIES(type) COPY(type, ) COPY(type, 2) COPY(type, 3) COPY(type, 4) COPY(type, 8) COPY(type, 16)
COPIES(char) COPIES(uchar) COPIES(short) COPIES(ushort) COPIES(int) COPIES(uint) COPIES(long) COPIES(ulong)
COPIES(float) COPIES(double)
#endif
