/* What kernels compiled for a CPU call: work-item functions, barriers, the atomics of OpenCL C 1.x, and the
 * module's table. Part of each such module, compiled with the kernels; the generated part follows it.
 */
#include "hal/abi/native_kernel.h"

#define INLINE __attribute__((always_inline))

/* No kernel's memory has this type, so that the compiler knows that no store of a kernel changes it. */
typedef unsigned _BitInt(64) word;
typedef unsigned long size;

/* Of the thread: one thread runs a block, and its items one by one. */
static _Thread_local struct {
  word origin[3]; /* the block's first item, in the launch */
  word group[3];
  word extent[3]; /* of the block */
  word groups[3];
  word local[3]; /* the item */
  const hal_native_item *item;
} here;

static INLINE void enter_block(const hal_native_block *block) {
  for (int axis = 0; axis < 3; ++axis) {
    here.group[axis] = block->index[axis];
    here.extent[axis] = block->block[axis];
    here.groups[axis] = block->grid[axis];
    here.origin[axis] = (word)block->index[axis] * block->block[axis];
  }
}

INLINE void hal_set_item(uint32_t x, uint32_t y, uint32_t z) {
  here.local[0] = x;
  here.local[1] = y;
  here.local[2] = z;
}

/* All items of a block come to the same call: the compiler must not move it into branches. It takes
 * that from what it calls, so every function on the way to the barrier says it. */
#define TOGETHER __attribute__((convergent))

#ifdef HAL_REGIONS
/* The compiler's plugin makes loops over a block's items of what follows hal_region_begin, which the entries
 * call. */
__attribute__((const)) size hal_region_local(unsigned axis);
__attribute__((convergent, noduplicate)) void hal_region_barrier(void);

static INLINE size local_place(unsigned axis) {
  if (axis == 0) return hal_region_local(0);
  return axis == 1 ? hal_region_local(1) : hal_region_local(2);
}

static INLINE TOGETHER void wait_for_block(void) {
  hal_region_barrier();
}
#else
static INLINE void enter_item(const hal_native_item *item) {
  here.item = item;
  hal_set_item(item->local[0], item->local[1], item->local[2]);
}

static INLINE size local_place(unsigned axis) {
  return (size)here.local[axis];
}

static INLINE TOGETHER void wait_for_block(void) {
  const hal_native_item *item = here.item;
  item->barrier(item);
  enter_item(item);
}
#endif

#define WORK_ITEM(name, mangled, value, beyond)       \
  size name(unsigned axis) __asm__(mangled);          \
  INLINE size name(unsigned axis) {                   \
    return axis < 3 ? (size)(value) : (size)(beyond); \
  }
WORK_ITEM(get_global_id, "_Z13get_global_idj", (size)here.origin[axis] + local_place(axis), 0)
WORK_ITEM(get_local_id, "_Z12get_local_idj", local_place(axis), 0)
WORK_ITEM(get_group_id, "_Z12get_group_idj", here.group[axis], 0)
WORK_ITEM(get_local_size, "_Z14get_local_sizej", here.extent[axis], 1)
WORK_ITEM(get_enqueued_local_size, "_Z23get_enqueued_local_sizej", here.extent[axis], 1)
WORK_ITEM(get_num_groups, "_Z14get_num_groupsj", here.groups[axis], 1)
WORK_ITEM(get_global_size, "_Z15get_global_sizej", here.groups[axis] * here.extent[axis], 1)
WORK_ITEM(get_global_offset, "_Z17get_global_offsetj", 0, 0)

unsigned get_work_dim(void) __asm__("_Z12get_work_dimv");
INLINE unsigned get_work_dim(void) {
  if (get_global_size(2) > 1) return 3;
  return get_global_size(1) > 1 ? 2 : 1;
}

size get_global_linear_id(void) __asm__("_Z20get_global_linear_idv");
INLINE size get_global_linear_id(void) {
  return (get_global_id(2) * get_global_size(1) + get_global_id(1)) * get_global_size(0) + get_global_id(0);
}

size get_local_linear_id(void) __asm__("_Z19get_local_linear_idv");
INLINE size get_local_linear_id(void) {
  return (get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0);
}

void barrier(unsigned flags) __asm__("_Z7barrierj");
INLINE TOGETHER void barrier(unsigned flags) {
  (void)flags;
  wait_for_block();
}

void work_group_barrier(unsigned flags) __asm__("_Z18work_group_barrierj");
INLINE TOGETHER void work_group_barrier(unsigned flags) {
  barrier(flags);
}

void work_group_barrier_in(unsigned flags, unsigned scope) __asm__("_Z18work_group_barrierj12memory_scope");
INLINE TOGETHER void work_group_barrier_in(unsigned flags, unsigned scope) {
  (void)scope;
  barrier(flags);
}

#define FENCE(name, mangled)                  \
  void name(unsigned flags) __asm__(mangled); \
  INLINE void name(unsigned flags) {          \
    (void)flags;                              \
    __atomic_thread_fence(__ATOMIC_SEQ_CST);  \
  }
FENCE(mem_fence, "_Z9mem_fencej")
FENCE(read_mem_fence, "_Z14read_mem_fencej")
FENCE(write_mem_fence, "_Z15write_mem_fencej")

void work_item_fence(unsigned flags, unsigned order,
                     unsigned scope) __asm__("_Z22atomic_work_item_fencej12memory_order12memory_scope");
INLINE void work_item_fence(unsigned flags, unsigned order, unsigned scope) {
  (void)order;
  (void)scope;
  mem_fence(flags);
}

/* OpenCL C 1.x orders nothing by them. `letter` is the type's in mangled names. */
#define ATOMIC(prefix, number, name, type, letter, operation)                                             \
  type prefix##_##name##_##letter(volatile type *at,                                                      \
                                  type with) __asm__("_Z" number #prefix "_" #name "PV" #letter #letter); \
  INLINE type prefix##_##name##_##letter(volatile type *at, type with) {                                  \
    return operation(at, with, __ATOMIC_RELAXED);                                                         \
  }
#define ATOMIC_STEP(prefix, name, type, letter, operation)                                       \
  type prefix##_##name##_##letter(volatile type *at) __asm__("_Z" ATOMIC_LENGTH_##prefix #prefix \
                                                             "_" #name "PV" #letter);            \
  INLINE type prefix##_##name##_##letter(volatile type *at) {                                    \
    return operation(at, 1, __ATOMIC_RELAXED);                                                   \
  }
#define ATOMIC_COMPARE(prefix, number, type, letter)                                         \
  type prefix##_cmpxchg_##letter(volatile type *at, type expected, type with) __asm__(       \
      "_Z" number #prefix "_cmpxchgPV" #letter #letter #letter);                             \
  INLINE type prefix##_cmpxchg_##letter(volatile type *at, type expected, type with) {       \
    __atomic_compare_exchange_n(at, &expected, with, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED); \
    return expected;                                                                         \
  }
#define ATOMIC_LENGTH_atomic "10"
#define ATOMIC_LENGTH_atom "8"
#define ATOMICS(prefix, three, two, four, seven, type, letter)  \
  ATOMIC(prefix, three, add, type, letter, __atomic_fetch_add)  \
  ATOMIC(prefix, three, sub, type, letter, __atomic_fetch_sub)  \
  ATOMIC(prefix, three, min, type, letter, __atomic_fetch_min)  \
  ATOMIC(prefix, three, max, type, letter, __atomic_fetch_max)  \
  ATOMIC(prefix, three, and, type, letter, __atomic_fetch_and)  \
  ATOMIC(prefix, two, or, type, letter, __atomic_fetch_or)      \
  ATOMIC(prefix, three, xor, type, letter, __atomic_fetch_xor)  \
  ATOMIC(prefix, four, xchg, type, letter, __atomic_exchange_n) \
  ATOMIC_STEP(prefix, inc, type, letter, __atomic_fetch_add)    \
  ATOMIC_STEP(prefix, dec, type, letter, __atomic_fetch_sub)    \
  ATOMIC_COMPARE(prefix, seven, type, letter)
ATOMICS(atomic, "10", "9", "11", "14", int, i)
ATOMICS(atomic, "10", "9", "11", "14", unsigned, j)
ATOMICS(atom, "8", "7", "9", "12", int, i)
ATOMICS(atom, "8", "7", "9", "12", unsigned, j)
ATOMICS(atom, "8", "7", "9", "12", long, l)
ATOMICS(atom, "8", "7", "9", "12", size, m)

/* Conversions of half where the machine has none; compilers call them by these names. */
#define CONVERSION __attribute__((used))
CONVERSION float __extendhfsf2(_Float16 from) {
  union {
    _Float16 value;
    unsigned short bits;
  } half = {.value = from};
  const unsigned sign = (unsigned)(half.bits & 0x8000) << 16;
  const unsigned magnitude = half.bits & 0x7fff;
  union {
    unsigned bits;
    float value;
  } made;
  if (magnitude >= 0x7c00) {
    made.bits = 0x7f800000 | (magnitude & 0x3ff) << 13;
    if (magnitude != 0x7c00) made.bits |= 0x400000;
  } else {
    /* Exact, subnormal numbers included: the exponent is put right by a multiplication. */
    made.bits = magnitude << 13;
    made.value *= 0x1p112f;
  }
  made.bits |= sign;
  return made.value;
}

static INLINE _Float16 rounded_half(double from) {
  union {
    double value;
    unsigned long bits;
  } wide = {.value = from};
  union {
    unsigned short bits;
    _Float16 value;
  } made;
  const unsigned sign = (unsigned)(wide.bits >> 48) & 0x8000;
  const unsigned long magnitude = wide.bits & 0x7fffffffffffffff;
  unsigned half = 0x7c00;
  if (magnitude > 0x7ff0000000000000) {
    half = 0x7e00 | ((unsigned)(magnitude >> 42) & 0x1ff);
  } else if (magnitude < 0x40effe0000000000) {
    const int exponent = (int)(magnitude >> 52) - 1023;
    /* How many of the 53 bits do not fit; more than 54 round to 0. */
    const int dropped = exponent < -14 ? 42 + (-14 - exponent) : 42;
    if (dropped <= 54 && magnitude != 0) {
      const unsigned long significand = (magnitude & 0xfffffffffffff) | 0x10000000000000;
      const unsigned long kept = significand >> dropped;
      const unsigned long rest = significand & ((1ul << dropped) - 1);
      const unsigned long middle = 1ul << (dropped - 1);
      half = (unsigned)kept + (rest > middle || (rest == middle && (kept & 1) != 0));
      /* The leading bit counts one up in the exponent's field. */
      if (exponent >= -14) half += (unsigned)(exponent + 14) << 10;
    } else {
      half = 0;
    }
  }
  made.bits = (unsigned short)(sign | half);
  return made.value;
}
CONVERSION _Float16 __truncsfhf2(float from) {
  return rounded_half(from);
}
CONVERSION _Float16 __truncdfhf2(double from) {
  return rounded_half(from);
}

float atomic_exchange_float(volatile float *at, float with) __asm__("_Z11atomic_xchgPVff");
INLINE float atomic_exchange_float(volatile float *at, float with) {
  union {
    unsigned bits;
    float value;
  } both = {.value = with};
  both.bits = __atomic_exchange_n((volatile unsigned *)at, both.bits, __ATOMIC_RELAXED);
  return both.value;
}

/* One of the module's kernels; x, y and z are the required block, or 0. RUN_REGIONS needs the plugin;
 * otherwise it is RUN_BLOCK where no item waits for another, and RUN_ITEM where one does.
 */
#define EXTENTS(x, y, z) \
  (x) != 0 ? (x) : block->block[0], (y) != 0 ? (y) : block->block[1], (z) != 0 ? (z) : block->block[2]
#define RUN_REGIONS(number, x, y, z)                                            \
  void hal_regions_##number(void *const *arguments, size nx, size ny, size nz); \
  static void run_##number(const hal_native_block *block) {                     \
    enter_block(block);                                                         \
    hal_regions_##number(block->arguments, EXTENTS(x, y, z));                   \
  }
#define RUN_BLOCK(number, x, y, z)                                                        \
  void hal_items_##number(void *const *arguments, uint32_t nx, uint32_t ny, uint32_t nz); \
  static void run_##number(const hal_native_block *block) {                               \
    enter_block(block);                                                                   \
    hal_items_##number(block->arguments, EXTENTS(x, y, z));                               \
  }
#define RUN_ITEM(number, x, y, z)                         \
  void hal_item_##number(void *const *arguments);         \
  static void run_##number(const hal_native_item *item) { \
    enter_block(item->block);                             \
    enter_item(item);                                     \
    hal_item_##number(item->block->arguments);            \
  }
