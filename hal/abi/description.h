/* What a plugin tells about a device without opening it: identity, memory, limits, data types, features,
 * rates, named properties and live metrics.
 *
 * A value that is not known is 0 (or an empty string), unless a comment says otherwise; it is never guessed.
 * Sizes are bytes, rates are per second, frequencies are hertz. Strings are UTF-8, terminated, cut to fit.
 *
 * C99. Part of "hal/abi/plugin.h".
 */
#ifndef HAL_ABI_DESCRIPTION_H
#define HAL_ABI_DESCRIPTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Identity ---- */

typedef uint32_t hal_device_type;
enum {
  HAL_DEVICE_TYPE_OTHER = 0,
  HAL_DEVICE_TYPE_CPU = 1,
  HAL_DEVICE_TYPE_GPU = 2,
  HAL_DEVICE_TYPE_NPU = 3, /* fixed or semi-fixed function for neural networks */
  HAL_DEVICE_TYPE_FPGA = 4,
  HAL_DEVICE_TYPE_DSP = 5,
  HAL_DEVICE_TYPE_COPROCESSOR = 6 /* general or vector processors on a card */
};

/* Which of the fields of hal_device_identity hold something. */
enum {
  HAL_IDENTITY_PCI = 1u << 0,
  HAL_IDENTITY_UUID = 1u << 1,
  /* The device is a part of a physical one: a MIG instance, an XCP partition, a tile. */
  HAL_IDENTITY_PARTITION = 1u << 2
};

/* A device is known by PCI address, UUID and partition together: partitions share an address, and UUIDs have
 * been seen twice in one machine. */
typedef struct hal_device_identity {
  uint32_t valid;      /* HAL_IDENTITY_* */
  uint32_t pci_domain; /* 32 bits: domains above 0xffff exist */
  uint8_t pci_bus;
  uint8_t pci_device;
  uint8_t pci_function;
  uint8_t reserved;
  uint32_t partition; /* number of this part within its physical device, from 0 */
  uint8_t uuid[16];   /* as the vendor's tools print it, most significant byte first */
} hal_device_identity;

/* ---- Capabilities ---- */

/* Data types on which the device computes in hardware (bits of hal_device_description.data_types). */
enum {
  HAL_DATA_TYPE_F64 = 1u << 0,
  HAL_DATA_TYPE_F32 = 1u << 1,
  HAL_DATA_TYPE_TF32 = 1u << 2,
  HAL_DATA_TYPE_F16 = 1u << 3,
  HAL_DATA_TYPE_BF16 = 1u << 4,
  HAL_DATA_TYPE_F8_E4M3 = 1u << 5,
  HAL_DATA_TYPE_F8_E5M2 = 1u << 6,
  HAL_DATA_TYPE_F6 = 1u << 7,
  HAL_DATA_TYPE_F4 = 1u << 8,
  HAL_DATA_TYPE_I64 = 1u << 9,
  HAL_DATA_TYPE_I32 = 1u << 10,
  HAL_DATA_TYPE_I16 = 1u << 11,
  HAL_DATA_TYPE_I8 = 1u << 12,
  HAL_DATA_TYPE_I4 = 1u << 13
};

/* What works on this device (bits of hal_device_description.features). A set bit is a promise that the
 * entries named beside it do not answer HAL_STATUS_UNSUPPORTED; a bit that is not set promises that they do.
 */
enum {
  HAL_FEATURE_KERNELS = 1u << 0,             /* module_*, kernel_*, launch */
  HAL_FEATURE_HOST_MEMORY = 1u << 1,         /* memory_allocate of HAL_MEMORY_HOST */
  HAL_FEATURE_SHARED_MEMORY = 1u << 2,       /* memory_allocate of HAL_MEMORY_SHARED */
  HAL_FEATURE_ADDRESSES = 1u << 3,           /* hal_memory.address of device memory is not 0 */
  HAL_FEATURE_STREAM_ALLOCATION = 1u << 4,   /* memory_allocate_async, memory_free_async */
  HAL_FEATURE_EXPORT_FD = 1u << 5,           /* memory_export and memory_import of HAL_EXTERNAL_FD */
  HAL_FEATURE_EXPORT_DMA_BUF = 1u << 6,      /* ... of HAL_EXTERNAL_DMA_BUF */
  HAL_FEATURE_EXPORT_IPC = 1u << 7,          /* ... of HAL_EXTERNAL_IPC */
  HAL_FEATURE_PEER_ACCESS = 1u << 8,         /* peer_enable, peer_disable with at least one other device */
  HAL_FEATURE_POINTER_QUERY = 1u << 9,       /* pointer_info */
  HAL_FEATURE_ADOPT_MEMORY = 1u << 10,       /* memory_adopt */
  HAL_FEATURE_ADOPT_STREAM = 1u << 11,       /* stream_adopt */
  HAL_FEATURE_ADOPT_CONTEXT = 1u << 12,      /* hal_open_options.native_context */
  HAL_FEATURE_STREAM_PRIORITY = 1u << 13,    /* hal_stream_options.priority makes a difference */
  HAL_FEATURE_TIMESTAMPS = 1u << 14,         /* event_elapsed */
  HAL_FEATURE_HOST_FUNCTIONS = 1u << 15,     /* stream_host_function */
  HAL_FEATURE_COOPERATIVE_LAUNCH = 1u << 16, /* HAL_LAUNCH_COOPERATIVE */
  HAL_FEATURE_GRAPHS = 1u << 17,             /* graph_* */
  HAL_FEATURE_GRAPH_UPDATE = 1u << 18,       /* graph_update */
  HAL_FEATURE_COPY_2D = 1u << 19,            /* copy_2d, fill_2d */
  HAL_FEATURE_PEER_COPY = 1u << 20,          /* copy_peer */
  HAL_FEATURE_METRICS = 1u << 21,            /* metrics */
  HAL_FEATURE_UNIFIED_MEMORY = 1u << 22,     /* device and host share one physical memory */
  HAL_FEATURE_ECC = 1u << 23,                /* error correction is on */
  HAL_FEATURE_MODULE_BINARY = 1u << 24,      /* module_binary of what was compiled; since 1.1 */

  /* Since 1.1. What a HAL_FEATURE_EXPORT_* promises needs no flag of its own kind, and goes both ways; these
   * say where only a part of that is there. A device may set them beside the other: then the memory flags of
   * the kind work as well. */
  HAL_FEATURE_MEMORY_EXPORT_FD = 1u << 25,      /* HAL_MEMORY_EXPORT_FD, and memory_export of such memory */
  HAL_FEATURE_MEMORY_EXPORT_DMA_BUF = 1u << 26, /* HAL_MEMORY_EXPORT_DMA_BUF, likewise */
  HAL_FEATURE_MEMORY_EXPORT_IPC = 1u << 27,     /* HAL_MEMORY_EXPORT_IPC, likewise, and memory_import of it */
  HAL_FEATURE_MEMORY_IMPORT_FD = 1u << 28,      /* memory_import of HAL_EXTERNAL_FD */
  HAL_FEATURE_MEMORY_IMPORT_DMA_BUF = 1u << 29, /* memory_import of HAL_EXTERNAL_DMA_BUF */
  HAL_FEATURE_SEPARATE_FAILURES = 1u << 30 /* a failure of one opening leaves the device's others alone */
};

enum {
  HAL_MODULE_FORMAT_SIZE = 16, /* "ptx", "cubin", "hsaco", "spirv", "elf", "native", "opencl-c" ... */
  HAL_MODULE_FORMATS = 8,
  HAL_TARGET_SIZE = 32, /* "sm_90", "gfx942:sramecc+:xnack-", "x86-64-v3" ... */
  HAL_TARGETS = 16
};

/* Everything fixed about a device. */
typedef struct hal_device_description {
  uint32_t struct_size; /* set by the caller; a plugin writes at most that many bytes */
  hal_device_type type;
  hal_device_identity identity;

  char name[128];          /* as the vendor calls the product */
  char vendor[64];         /* "NVIDIA", "AMD", "Intel" ... */
  char driver_version[64]; /* of the vendor's user-space library or kernel driver, in its own notation */
  uint32_t vendor_id;      /* PCI ids; 0 when the device is on no bus */
  uint32_t device_id;

  /* Memory. */
  uint64_t memory_total;     /* what the device can allocate from */
  uint64_t max_allocation;   /* largest single allocation */
  uint64_t memory_bandwidth; /* peak, of the device's own memory */
  uint64_t l2_cache_size;    /* last level of the device */
  uint32_t memory_bus_width; /* bits */
  uint32_t cache_line_size;
  uint32_t allocation_alignment; /* every allocation begins at a multiple of this */
  uint32_t reserved;

  /* Execution limits. */
  uint32_t compute_units;   /* multiprocessors, compute units, Xe cores, cores */
  uint32_t max_block_items; /* product of a block's extents */
  uint32_t max_block[3];
  uint32_t max_grid[3];        /* in blocks */
  uint32_t subgroup_size;      /* preferred: warp, wavefront, SIMD width */
  uint32_t max_items_per_unit; /* resident on one compute unit */
  uint32_t registers_per_block;
  uint32_t max_arguments_size;        /* of a kernel */
  uint64_t shared_memory_per_block;   /* static and dynamic together, without opting in */
  uint64_t max_dynamic_shared_memory; /* largest hal_launch.dynamic_shared_memory */
  uint64_t clock_rate;                /* highest, of the compute units */

  uint64_t data_types; /* HAL_DATA_TYPE_* */
  uint64_t features;   /* HAL_FEATURE_* */

  /* Peak arithmetic, operations a second: dense, a fused multiply-add counts as two. */
  uint64_t peak_f64;
  uint64_t peak_f32;
  uint64_t peak_f16;
  uint64_t peak_bf16;
  uint64_t peak_f8;
  uint64_t peak_i8;

  /* Code it takes. Unused places are empty strings. The first target is the device's own; the others are
   * targets whose binaries it also runs. */
  char module_formats[HAL_MODULE_FORMATS][HAL_MODULE_FORMAT_SIZE];
  char targets[HAL_TARGETS][HAL_TARGET_SIZE];
} hal_device_description;

/* ---- Named properties: what a vendor adds ---- */

typedef uint32_t hal_property_type;
enum {
  HAL_PROPERTY_TEXT = 0,
  HAL_PROPERTY_UNSIGNED = 1,
  HAL_PROPERTY_SIGNED = 2,
  HAL_PROPERTY_REAL = 3,
  HAL_PROPERTY_BOOLEAN = 4
};

/* An array element, so its size can never change: a new kind of property gets a new entry. */
typedef struct hal_property {
  char name[64]; /* prefixed with the plugin's name: "cuda.compute_capability" */
  char unit[16]; /* "B", "Hz", "W" ... or empty */
  hal_property_type type;
  uint32_t reserved;
  union {
    uint64_t unsigned_value; /* also booleans: 0 or 1 */
    int64_t signed_value;
    double real_value;
  } value;
  char text[160]; /* for HAL_PROPERTY_TEXT */
} hal_property;

/* ---- Metrics: what changes while the device runs ---- */

/* Which fields of hal_metrics were read (bits of hal_metrics.valid). */
enum {
  HAL_METRIC_UTILIZATION = 1u << 0,
  HAL_METRIC_MEMORY_USED = 1u << 1,
  HAL_METRIC_MEMORY_TOTAL = 1u << 2,
  HAL_METRIC_POWER = 1u << 3,
  HAL_METRIC_POWER_LIMIT = 1u << 4,
  HAL_METRIC_TEMPERATURE = 1u << 5,
  HAL_METRIC_COMPUTE_CLOCK = 1u << 6,
  HAL_METRIC_MEMORY_CLOCK = 1u << 7,
  HAL_METRIC_MEMORY_UTILIZATION = 1u << 8,

  /* Since 1.1. */
  HAL_METRIC_MEMORY_TEMPERATURE = 1u << 9,
  HAL_METRIC_BUS_RATES = 1u << 10,  /* bus_sent, bus_received */
  HAL_METRIC_LINK_BYTES = 1u << 11, /* link_sent, link_received */
  HAL_METRIC_ECC_ERRORS = 1u << 12, /* ecc_corrected, ecc_uncorrected */
  HAL_METRIC_FAULTS = 1u << 13,     /* faults, last_fault */
  HAL_METRIC_THROTTLE = 1u << 14
};

/* Why the compute units run slower than they could (bits of hal_metrics.throttle). Since 1.1. */
enum {
  HAL_THROTTLE_IDLE = 1u << 0,        /* nothing to do */
  HAL_THROTTLE_SETTING = 1u << 1,     /* somebody set a lower clock */
  HAL_THROTTLE_POWER = 1u << 2,       /* the power limit, or the supply's own brake */
  HAL_THROTTLE_TEMPERATURE = 1u << 3, /* too hot */
  HAL_THROTTLE_HARDWARE = 1u << 4,    /* the hardware protects itself */
  HAL_THROTTLE_OTHER = 1u << 5
};

/* A field whose bit is not set in `valid` is 0 and means nothing: no figure is ever made up. */
typedef struct hal_metrics {
  uint32_t struct_size; /* set by the caller; a plugin writes at most that many bytes */
  uint32_t reserved;
  uint64_t valid;            /* HAL_METRIC_* */
  uint64_t timestamp;        /* of the reading: nanoseconds of CLOCK_MONOTONIC */
  double utilization;        /* of the compute units, 0 to 1, over the driver's own interval or since the last
                                reading */
  double memory_utilization; /* of the memory's bandwidth, 0 to 1 */
  uint64_t memory_used;      /* by everyone */
  uint64_t memory_total;
  double power;           /* watts */
  double power_limit;     /* watts */
  double temperature;     /* degrees Celsius, the hottest of the device's own sensors */
  uint64_t compute_clock; /* now */
  uint64_t memory_clock;  /* now */

  /* Since 1.1. */
  double memory_temperature; /* degrees Celsius, the hottest of the memory's sensors */
  uint64_t bus_sent;         /* to the host's bus, bytes a second over the driver's own interval */
  uint64_t bus_received;
  uint64_t link_sent; /* over the links to other devices, bytes since a moment of the driver's choosing */
  uint64_t link_received;
  uint64_t ecc_corrected; /* memory errors, since the driver was loaded */
  uint64_t ecc_uncorrected;
  uint64_t faults;     /* critical ones that the driver told this process since its first reading */
  uint64_t last_fault; /* the vendor's number of the latest of them; 0 when there was none */
  uint64_t throttle;   /* HAL_THROTTLE_*; 0: nothing holds the clock back */
} hal_metrics;

#ifdef __cplusplus
}
#endif

#endif
