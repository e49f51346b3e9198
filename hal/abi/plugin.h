/* The plugin boundary: what a shared object implements so that every program built on the HAL can use its
 * devices.
 *
 * A plugin is one shared object and one manifest (docs/plugin-guide.md). The object exports one symbol,
 * hal_plugin_query, which answers with a constant table. Everything else is reached from there. Plugins in
 * C++ use the author kit in hal/plugin/, which does the negotiation, guards against exceptions and fills
 * errors; this header needs nothing but a C99 compiler.
 *
 * Versions. `abi_major` is equal on both sides or the plugin is refused. `abi_minor` grows whenever something
 * is appended. Every struct that crosses begins with its size. Fields and entries are only ever appended, so
 * each side reads and writes at most the smaller of both sizes, and what is beyond it counts as 0 or NULL. No
 * field is ever reused, reordered or removed within a major version. docs/abi.md has the rules in full.
 *
 * Cheap first. query (pure) -> probe (may load the vendor's library, creates nothing) -> describe,
 * properties, metrics (read, create nothing) -> open (creates the context). A host calls each only when it
 * needs the answer.
 */
#ifndef HAL_ABI_PLUGIN_H
#define HAL_ABI_PLUGIN_H

#include "hal/abi/description.h"
#include "hal/abi/device.h"
#include "hal/abi/objects.h"
#include "hal/abi/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HAL_ABI_MAJOR 1
#define HAL_ABI_MINOR 1

typedef int32_t hal_log_level;
enum { HAL_LOG_ERROR = 0, HAL_LOG_WARNING = 1, HAL_LOG_INFO = 2, HAL_LOG_DEBUG = 3 };

/* What the host offers: never NULL where one is taken. It lives at least as long as every device that was
 * opened with it. Fields beyond struct_size do not exist. */
typedef struct hal_host {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void *context; /* handed back to `log` */
  /* Says something to whoever runs the program. One line, terminated, without a newline. Safe from any
   * thread, never fails, does not call back. Failures of a call belong into its hal_error, not here. Never
   * NULL. */
  void (*log)(void *context, hal_log_level level, const char *message);
} hal_host;

typedef struct hal_plugin {
  uint32_t struct_size;
  uint16_t abi_major; /* HAL_ABI_MAJOR and HAL_ABI_MINOR of the header that the plugin was compiled with, */
  uint16_t abi_minor; /* nothing else: not the vendor's version, not the plugin's own */
  const char
      *name; /* as in the manifest: lower case letters, digits and underscores, beginning with a letter */
  const char *version; /* of the plugin, in its own notation */

  /* How many devices there are. May load the vendor's library and initialise it; creates no context,
   * allocates nothing on a device, starts no thread of its own. May be called again: it looks anew, and
   * indices then count anew; opened devices are not touched. Required. Any thread; not while another call of
   * it runs. May take seconds, never for ever. HAL_STATUS_OK with 0 devices: all is well, nothing is there.
   * HAL_STATUS_UNAVAILABLE: vendor library or kernel driver missing, with advice.
   * HAL_STATUS_INCOMPATIBLE_VERSION: the library is too old. HAL_STATUS_PERMISSION_DENIED: with the node and
   * the group. */
  hal_status (*probe)(const hal_host *host, uint32_t *out_count, hal_error *error);

  /* The fixed facts of the index-th device of the last probe. The caller sets out->struct_size. Creates
   * nothing. Required. Any thread. HAL_STATUS_OUT_OF_RANGE: index. HAL_STATUS_INVALID_STATE: no probe
   * succeeded yet. */
  hal_status (*describe)(uint32_t index, hal_device_description *out, hal_error *error);

  /* Named properties: the first `room` of them into `out`, their number into *out_count. `out` NULL with
   * `room` 0 counts. Creates nothing. Optional. Any thread. Statuses as describe. */
  hal_status (*properties)(uint32_t index, hal_property *out, uint32_t room, uint32_t *out_count,
                           hal_error *error);

  /* Live figures, without a context and without waking a sleeping device. The caller sets out->struct_size.
   * Optional: HAL_FEATURE_METRICS. Any thread. Statuses as describe; a single figure that cannot be read is a
   * bit not set, never a failure. */
  hal_status (*metrics)(uint32_t index, hal_metrics *out, hal_error *error);

  /* Opens the index-th device of the last probe; each opening is a hal_device of its own, and handles of one
   * are foreign to the other. `options` may be NULL. The caller ends it with device->device_close. Required.
   * Any thread. May take long. HAL_STATUS_DEVICE_LOST, HAL_STATUS_OUT_OF_DEVICE_MEMORY,
   * HAL_STATUS_PERMISSION_DENIED, HAL_STATUS_UNSUPPORTED (native_context). */
  hal_status (*open)(const hal_host *host, uint32_t index, const hal_open_options *options,
                     hal_device **out_device, hal_error *error);

  /* The one table of all devices of this plugin. Constant, valid as long as the object is loaded. */
  const hal_device_table *device;
} hal_plugin;

#if defined(__GNUC__)
#define HAL_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define HAL_PLUGIN_EXPORT
#endif

/* The exported symbol's name, for those who look it up. */
#define HAL_PLUGIN_QUERY_SYMBOL "hal_plugin_query"

/* A pure query: no side effects, no I/O, no thread, callable any number of times and by several hosts of one
 * process. Answers the plugin's table, also to a host of another major version (the host compares and refuses
 * with both numbers at hand); NULL only when the plugin cannot exist at all in this process. `host` may be
 * shorter than this header's: nothing beyond host->struct_size is read. */
typedef const hal_plugin *(*hal_plugin_query_function)(const hal_host *host);

HAL_PLUGIN_EXPORT const hal_plugin *hal_plugin_query(const hal_host *host);

#ifdef __cplusplus
}
#endif

#endif
