/* Kernels compiled for the CPU: what the host device runs, and what stand-ins for other devices run in tests.
 *
 * A kernel is a C function with a descriptor. It comes to the device in one of two module formats:
 *
 *   "elf":    a shared object for this machine that exports the data symbol hal_native_module_1, a
 *             hal_native_module. What no loader reads, such as section headers, may be missing.
 *   "native": a hal_native_module of the calling program: hal_module_source.bytes points to it, size is its
 *             struct_size; it and all it points to stay valid until the module is unloaded. A record that
 *             breaks a rule of this page is HAL_STATUS_INVALID_MODULE.
 *
 * C99. Needs nothing else of the HAL at link time.
 */
#ifndef HAL_ABI_NATIVE_KERNEL_H
#define HAL_ABI_NATIVE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "hal/abi/objects.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One block of a launch. The device makes it; a kernel only reads it. Calls of one block stay on one thread.
 */
typedef struct hal_native_block {
  uint32_t struct_size;
  uint32_t reserved;
  uint32_t grid[3];  /* extents of the launch, in blocks */
  uint32_t block[3]; /* extents of a block, in items */
  uint32_t index[3]; /* which block this is */
  uint32_t reserved_2;
  /* arguments[i] points to the value of argument i: its bytes, or for HAL_ARGUMENT_MEMORY and
   * HAL_ARGUMENT_SHARED a pointer. */
  void *const *arguments;
  /* The block's shared memory, aligned to 64 bytes, undefined at the start: static_shared_memory bytes of the
   * kernel, then the launch's dynamic ones, then what HAL_ARGUMENT_SHARED arguments point to. */
  void *shared;
  uint64_t static_shared_memory;
  uint64_t dynamic_shared_memory;
  /* Reports that the kernel failed. The launch fails with HAL_STATUS_LAUNCH_FAILED and this text; blocks that
   * have not begun may be left out; the caller returns as soon as it can. */
  void (*fail)(const struct hal_native_block *block, const char *message);
} hal_native_block;

/* One item of a block, for kernels that are written item by item. */
typedef struct hal_native_item {
  uint32_t struct_size;
  uint32_t local[3]; /* within the block */
  const hal_native_block *block;
  /* Waits until every item of the block has got here. Every item reaches every barrier, or none does. Only in
   * kernels that say HAL_NATIVE_USES_BARRIER. */
  void (*barrier)(const struct hal_native_item *item);
} hal_native_item;

/* Flags of hal_native_kernel. */
enum {
  HAL_NATIVE_USES_BARRIER = 1u << 0 /* run_item calls barrier */
};

typedef struct hal_native_parameter {
  hal_argument_kind kind;
  uint32_t size;      /* 8 for memory; for HAL_ARGUMENT_SHARED 0: the launch decides */
  uint32_t alignment; /* a power of two */
  uint32_t reserved;
  const char *name; /* NULL: not told */
} hal_native_parameter;

/* Exactly one of run_block and run_item is set. run_block does all items of a block, in loops that a compiler
 * can vectorise; run_item does one. */
typedef struct hal_native_kernel {
  uint32_t struct_size;
  uint32_t flags; /* HAL_NATIVE_* */
  const char *name;
  void (*run_block)(const hal_native_block *block);
  void (*run_item)(const hal_native_item *item);
  const hal_native_parameter *parameters;
  uint32_t parameter_count;
  uint32_t required_block[3]; /* all 0: any */
  uint64_t static_shared_memory;
} hal_native_kernel;

typedef struct hal_native_module {
  uint32_t struct_size;
  uint32_t kernel_count;
  const hal_native_kernel *const *kernels;
} hal_native_module;

/* The symbol's number changes when the layouts above change in any way that is not appending. */
#define HAL_NATIVE_MODULE_SYMBOL "hal_native_module_1"

#ifdef __cplusplus
}
#endif

#endif
