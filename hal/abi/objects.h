/* The objects behind the boundary and the records that describe work on them.
 *
 * Handles are opaque, except that memory begins with the fields below. Every record that crosses the boundary
 * by pointer begins with its size, is only ever appended to, and is read or written for at most that many
 * bytes: a missing field is 0.
 *
 * C99. Part of "hal/abi/plugin.h".
 */
#ifndef HAL_ABI_OBJECTS_H
#define HAL_ABI_OBJECTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hal_device hal_device;
typedef struct hal_stream hal_stream;
typedef struct hal_event hal_event;
typedef struct hal_module hal_module;
typedef struct hal_kernel hal_kernel;
typedef struct hal_graph hal_graph;                       /* recorded work */
typedef struct hal_graph_executable hal_graph_executable; /* the same, ready to be launched again and again */

/* Waits for ever, as a timeout. All timeouts are nanoseconds; 0 looks once and does not wait. */
#define HAL_NO_TIMEOUT UINT64_MAX

/* ---- Memory ---- */

typedef uint32_t hal_memory_kind;
enum {
  HAL_MEMORY_DEVICE = 1, /* the device's own; the host reaches it by copies only */
  HAL_MEMORY_HOST = 2,  /* the host's, pinned, visible to the device at `address` and to the host at `host` */
  HAL_MEMORY_SHARED = 3 /* one address for both sides; the driver moves the pages */
};

/* Flags of hal_memory_options. */
enum {
  /* memory_export will be called, of any kind whose HAL_FEATURE_EXPORT_* is set. */
  HAL_MEMORY_EXPORTABLE = 1u << 0,
  /* Since 1.1. memory_export will be called of the kinds named, and of no other: what a device has by
   * HAL_FEATURE_MEMORY_EXPORT_*. HAL_STATUS_UNSUPPORTED: it lacks one of them, or has no memory that leaves
   * as all of them. HAL_STATUS_INVALID_ARGUMENT: together with HAL_MEMORY_EXPORTABLE. */
  HAL_MEMORY_EXPORT_FD = 1u << 1,
  HAL_MEMORY_EXPORT_DMA_BUF = 1u << 2,
  HAL_MEMORY_EXPORT_IPC = 1u << 3
};

/* Memory. A plugin's own fields follow these. The first two stand first for ever, so that an argument that is
 * memory can be handed to an address-based API by the address of `address`, without a copy. Callers only
 * read. */
typedef struct hal_memory {
  uint64_t address; /* on the device; 0 where the API has no addresses */
  uint64_t size;    /* as asked for, not as rounded */
  void *host;       /* where the host reads and writes it; NULL when it cannot without memory_map */
  hal_memory_kind kind;
  uint32_t flags; /* HAL_MEMORY_* as allocated */
} hal_memory;

typedef struct hal_memory_options {
  uint32_t struct_size;
  hal_memory_kind kind;
  uint64_t size;      /* at least 1 */
  uint64_t alignment; /* a power of two; 0 for the device's own allocation_alignment */
  uint32_t flags;     /* HAL_MEMORY_* */
  uint32_t reserved;
} hal_memory_options;

/* How memory leaves the process. */
typedef uint32_t hal_external_kind;
enum {
  HAL_EXTERNAL_FD = 1,      /* an opaque POSIX file descriptor, for the same driver in another process */
  HAL_EXTERNAL_DMA_BUF = 2, /* a dma-buf descriptor, for any driver of the machine */
  HAL_EXTERNAL_IPC = 3      /* `bytes`, to be sent to another process of this machine */
};

typedef struct hal_external_handle {
  uint32_t struct_size;
  hal_external_kind kind;
  uint64_t size;   /* of the exported memory */
  uint64_t offset; /* of the exported memory within what fd or bytes name */
  int32_t fd; /* -1 when unused. Exporting makes it: the receiver closes it. Importing does not close it. */
  uint32_t reserved;
  uint8_t bytes[128];
} hal_external_handle;

/* What a raw pointer belongs to. */
typedef struct hal_pointer_info {
  uint32_t struct_size;
  hal_memory_kind kind; /* 0: ordinary host memory that the device does not know */
  uint64_t base;        /* device address of the allocation's first byte */
  uint64_t size;        /* of the allocation */
  hal_memory *memory;   /* when this device handed it out or adopted it; NULL otherwise */
} hal_pointer_info;

enum { HAL_MAP_READ = 1u << 0, HAL_MAP_WRITE = 1u << 1 };

/* One side of a rectangular copy: memory and an offset into it, or, when `memory` is NULL, host memory. */
typedef struct hal_rectangle {
  hal_memory *memory;
  uint64_t offset; /* of the first row, into `memory` */
  void *host;      /* first row, when `memory` is NULL; only read when it is the source */
  uint64_t pitch;  /* bytes from one row to the next; at least the width */
} hal_rectangle;

typedef struct hal_copy_2d {
  uint32_t struct_size;
  uint32_t reserved;
  hal_rectangle destination;
  hal_rectangle source;
  uint64_t width;  /* bytes of a row */
  uint64_t height; /* rows */
} hal_copy_2d;

typedef struct hal_peer_info {
  uint32_t struct_size;
  uint32_t accessible;     /* 1: peer_enable works and kernels may use the peer's memory */
  uint32_t native_atomics; /* 1: atomics reach across */
  uint32_t reserved;
  uint64_t bandwidth; /* of the link, bytes a second one way; 0 when unknown */
} hal_peer_info;

/* ---- Opening, streams, events ---- */

typedef struct hal_open_options {
  uint32_t struct_size;
  uint32_t flags;       /* 0 */
  void *native_context; /* a context that the caller made with the vendor's API and keeps alive; NULL: the
                           plugin's own choice */
} hal_open_options;

typedef struct hal_stream_options {
  uint32_t struct_size;
  int32_t priority; /* 0 is normal, negative is more urgent; cut to what the device has */
  uint32_t flags;   /* 0 */
  uint32_t reserved;
} hal_stream_options;

typedef struct hal_event_options {
  uint32_t struct_size;
  uint32_t flags; /* HAL_EVENT_* */
} hal_event_options;

enum {
  HAL_EVENT_TIMING = 1u << 0 /* event_elapsed will be asked for */
};

typedef void (*hal_host_function)(void *user);

typedef uint32_t hal_object_kind;
enum {
  HAL_OBJECT_DEVICE = 1,  /* native_handle: the vendor's device */
  HAL_OBJECT_CONTEXT = 2, /* native_handle: the vendor's context of a hal_device */
  HAL_OBJECT_MEMORY = 3,
  HAL_OBJECT_STREAM = 4,
  HAL_OBJECT_EVENT = 5,
  HAL_OBJECT_MODULE = 6,
  HAL_OBJECT_KERNEL = 7,
  HAL_OBJECT_GRAPH_EXECUTABLE = 8
};

/* ---- Modules, kernels, launches ---- */

typedef struct hal_module_source {
  uint32_t struct_size;
  uint32_t reserved;
  const char *format; /* one of hal_device_description.module_formats */
  const void *bytes;  /* read during the call only, except where a format says otherwise */
  uint64_t size;
  const char *options; /* for the compiler, when there is one; NULL: none */
  char *log;         /* the caller's buffer for the build log, terminated and cut to fit; NULL: not wanted */
  uint64_t log_size; /* room in `log` */
  uint64_t log_length; /* written by the plugin: length of the whole log without its terminating zero */
  /* Since 1.1. */
  uint32_t flags; /* HAL_MODULE_* */
  uint32_t reserved_2;
} hal_module_source;

/* Flags of hal_module_source. */
enum {
  HAL_MODULE_KEEP_BINARY = 1u << 0 /* module_binary will be asked for */
};

/* What a driver's compiler made of a module. Since 1.1. */
typedef struct hal_module_binary {
  uint32_t struct_size;
  uint32_t reserved;
  char format[16]; /* written by the plugin: the one of module_formats as which module_load takes the bytes */
  void *bytes;     /* the caller's buffer; NULL: only format and size are wanted */
  uint64_t room;   /* in `bytes` */
  uint64_t size;   /* written by the plugin: of the whole binary */
} hal_module_binary;

typedef uint32_t hal_argument_kind;
enum {
  HAL_ARGUMENT_VALUE = 0,  /* arguments[i] points to `size` bytes */
  HAL_ARGUMENT_MEMORY = 1, /* arguments[i] is a hal_memory *; size is 8, the size of an address */
  HAL_ARGUMENT_SHARED = 2  /* shared memory of `size` bytes for each block; arguments[i] is not read */
};

typedef struct hal_argument {
  hal_argument_kind kind;
  uint32_t size;
} hal_argument;

/* A kernel's formal parameter. */
typedef struct hal_parameter {
  uint32_t struct_size;
  hal_argument_kind kind;
  uint32_t size;
  uint32_t alignment;
  char name[64]; /* empty when the code does not tell */
} hal_parameter;

#define HAL_UNKNOWN_COUNT UINT32_MAX

typedef struct hal_kernel_attributes {
  uint32_t struct_size;
  uint32_t parameter_count; /* HAL_UNKNOWN_COUNT when the code does not tell */
  uint32_t max_block_items; /* for this kernel, at most the device's */
  uint32_t subgroup_size;
  uint32_t registers_per_item;
  uint32_t required_block[3]; /* the only block it runs in; all 0 when the kernel leaves it open */
  uint64_t static_shared_memory;
  uint64_t max_dynamic_shared_memory;
  uint64_t local_memory_per_item; /* spilled and private */
} hal_kernel_attributes;

enum {
  HAL_LAUNCH_COOPERATIVE = 1u << 0 /* all blocks are resident at once and may synchronise with one another */
};

/* A launch runs grid[0] * grid[1] * grid[2] blocks of block[0] * block[1] * block[2] items. No extent may be
 * 0. */
typedef struct hal_launch {
  uint32_t struct_size;
  uint32_t flags; /* HAL_LAUNCH_* */
  uint32_t grid[3];
  uint32_t block[3];
  uint64_t dynamic_shared_memory; /* bytes for each block */
  uint32_t argument_count;
  uint32_t reserved;
  /* One pointer for each argument. For memory it is the hal_memory itself, which begins with its address: an
   * address-based API takes this array as it is. Read during the call only. */
  void *const *arguments;
  /* What the caller believes the arguments to be, so that a plugin can check them against the kernel. NULL:
   * unchecked. */
  const hal_argument *argument_types;
} hal_launch;

#ifdef __cplusplus
}
#endif

#endif
