/* The device table: everything that can be done with an opened device.
 *
 * Statuses. Any entry may answer HAL_STATUS_INVALID_HANDLE (a handle is NULL or another device's; entries
 * that destroy also recognise what was destroyed before, elsewhere that is undefined),
 * HAL_STATUS_INVALID_ARGUMENT (a value that this page does not allow), HAL_STATUS_OUT_OF_HOST_MEMORY,
 * HAL_STATUS_INTERNAL, HAL_STATUS_UNKNOWN, and the sticky failure explained below. Beside each entry stand
 * those it may answer besides.
 *
 * Required and optional. Required entries are never NULL. Optional ones may be, which means
 * HAL_STATUS_UNSUPPORTED; the feature bit named beside the entry says so in advance. A host fills the gaps of
 * a table that is shorter than its own in the same way.
 *
 * Threads. Entries that take a device, memory, event, module or kernel are safe from any thread at any time.
 * A stream, and a graph executable while it is being updated, is used by one thread at a time; different
 * streams by different threads. Destroying an object while another thread uses it is the caller's mistake.
 *
 * Order. Work submitted to one stream runs in the order of submission. Two streams are ordered only by
 * events. Nothing else orders: an allocation, a copy without a stream, a second stream do not wait for a
 * first one.
 *
 * Asynchronous failures. A submission that was accepted can still fail when it runs. The failure surfaces at
 * the first of: a wait for or query of its stream, a wait for or query of an event recorded behind it, or the
 * next submission to any stream of the device. It is sticky: work behind it on any stream of the device does
 * not run, and every later submission, wait, query and allocation of this hal_device answers the same status
 * and names the first cause, until the device is closed. Frees, destructions and queries of fixed facts still
 * work; every wait ends. Other devices are not touched. Other openings of the same device are not either
 * where HAL_FEATURE_SEPARATE_FAILURES is set; where it is not, the driver may keep one state for all of them,
 * and each of them that is met by the failure answers it from then on as its own. When all of those are
 * closed, an opening made afterwards works.
 *
 * Lifetime. Destroying an object that submitted work still uses is allowed: the work is finished first, so
 * the call may block. device_close refuses while anything made from the device lives.
 *
 * Ending. An entry that frees, destroys, unloads or closes leaves the handle when it answers HAL_STATUS_BUSY,
 * HAL_STATUS_INVALID_STATE, HAL_STATUS_UNSUPPORTED or HAL_STATUS_OUT_OF_HOST_MEMORY, and memory_free_async,
 * which is a submission, when it answers the sticky failure. In every other case the object is gone and is
 * not ended again. A failure of the device that the driver tells meanwhile is the asynchronous failure above:
 * it is sticky from then on, whether or not the driver is asked again, and the entry answers HAL_STATUS_OK,
 * because what it was called for has happened. Any other refusal of the driver is the entry's answer; what
 * lies below the handle may then be lost until the device is closed.
 *
 * Blocking. "May block" means on the device's work. Every entry may take a lock for a short time.
 *
 * C99. Part of "hal/abi/plugin.h". Entries are only ever appended.
 */
#ifndef HAL_ABI_DEVICE_H
#define HAL_ABI_DEVICE_H

#include "hal/abi/objects.h"
#include "hal/abi/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hal_device_table {
  uint32_t struct_size;
  uint32_t reserved;

  /* ---- Device ---- */

  /* Gives the device back. Required. Does not block: the caller has destroyed every object made from it.
   * HAL_STATUS_BUSY: objects live; the text counts them by kind; the device stays open. */
  hal_status (*device_close)(hal_device *device, hal_error *error);

  /* Waits until everything submitted to every stream of the device has finished. Required. Blocks.
   * HAL_STATUS_TIMED_OUT. HAL_STATUS_INVALID_STATE: a stream is being captured. */
  hal_status (*device_synchronize)(hal_device *device, uint64_t timeout, hal_error *error);

  /* The vendor's own handle of one of our objects, for libraries that want it (CUstream, hipModule_t, ...).
   * `object` is the handle, for HAL_OBJECT_DEVICE and HAL_OBJECT_CONTEXT the device. It stays ours: valid as
   * long as our object lives. Optional. HAL_STATUS_UNSUPPORTED: there is no such thing below this object. */
  hal_status (*native_handle)(hal_device *device, hal_object_kind kind, const void *object, void **out_native,
                              hal_error *error);

  /* ---- Memory ---- */

  /* Allocates. The caller owns *out_memory and gives it to memory_free or memory_free_async. Contents are
   * undefined. Required; kinds other than HAL_MEMORY_DEVICE by HAL_FEATURE_HOST_MEMORY and
   * HAL_FEATURE_SHARED_MEMORY. May block in the driver. HAL_STATUS_OUT_OF_DEVICE_MEMORY,
   * HAL_STATUS_RESOURCE_EXHAUSTED (locked memory: the text names the limit), HAL_STATUS_UNSUPPORTED (kind or
   * flag). A size of 0 and an alignment that is no power of two are HAL_STATUS_INVALID_ARGUMENT. */
  hal_status (*memory_allocate)(hal_device *device, const hal_memory_options *options,
                                hal_memory **out_memory, hal_error *error);

  /* Frees, once the work that uses it is finished. Takes whatever made the memory: allocation, import,
   * adoption (adopted memory itself stays its owner's), slice. Required. May block. HAL_STATUS_BUSY: slices
   * of it live; nothing was freed. A second free of the same handle is HAL_STATUS_INVALID_HANDLE. */
  hal_status (*memory_free)(hal_device *device, hal_memory *memory, hal_error *error);

  /* Free and total bytes of device memory, for all processes together. Required. */
  hal_status (*memory_info)(hal_device *device, uint64_t *out_free, uint64_t *out_total, hal_error *error);

  /* A part of `memory` as memory of its own, without a copy: sub-buffers, suballocation. Freed before its
   * parent. Optional. HAL_STATUS_OUT_OF_RANGE: it reaches beyond the parent. HAL_STATUS_INVALID_ARGUMENT: a
   * size of 0. */
  hal_status (*memory_slice)(hal_device *device, hal_memory *memory, uint64_t offset, uint64_t size,
                             hal_memory **out_slice, hal_error *error);

  /* Makes a range reachable by the host at *out_host until memory_unmap; for memory whose `host` is set that
   * is host + offset. One mapping of one memory at a time. `access` is HAL_MAP_*. The device must not write
   * the range meanwhile. Optional. May block. HAL_STATUS_OUT_OF_RANGE. HAL_STATUS_INVALID_ARGUMENT:
   * a size of 0. HAL_STATUS_INVALID_STATE: already mapped. HAL_STATUS_UNSUPPORTED: this memory can't be. */
  hal_status (*memory_map)(hal_device *device, hal_memory *memory, uint64_t offset, uint64_t size,
                           uint32_t access, void **out_host, hal_error *error);
  /* Optional, together with memory_map. May block. HAL_STATUS_INVALID_STATE: not mapped. */
  hal_status (*memory_unmap)(hal_device *device, hal_memory *memory, hal_error *error);

  /* Stream-ordered: the memory may be used by work submitted to the stream after this call. As
   * memory_allocate otherwise; only HAL_MEMORY_DEVICE. Optional: HAL_FEATURE_STREAM_ALLOCATION. Does not
   * block. HAL_STATUS_UNSUPPORTED: another kind. HAL_STATUS_INVALID_STATE: the stream is being captured. */
  hal_status (*memory_allocate_async)(hal_stream *stream, const hal_memory_options *options,
                                      hal_memory **out_memory, hal_error *error);
  /* The memory is gone once the stream gets here; the handle is gone when this returns. Takes memory of
   * memory_allocate too. As memory_free otherwise. Optional: HAL_FEATURE_STREAM_ALLOCATION. Does not block.
   */
  hal_status (*memory_free_async)(hal_stream *stream, hal_memory *memory, hal_error *error);

  /* A handle through which another process or driver reaches the memory. `kind` is HAL_EXTERNAL_*; the memory
   * was allocated with HAL_MEMORY_EXPORTABLE, or with the kind's own HAL_MEMORY_EXPORT_*. A descriptor in
   * *out is the caller's to close. Optional: HAL_FEATURE_EXPORT_FD, _DMA_BUF, _IPC;
   * HAL_FEATURE_MEMORY_EXPORT_FD, _DMA_BUF, _IPC. HAL_STATUS_INVALID_STATE: not allocated as exportable, or
   * for other kinds only. HAL_STATUS_UNSUPPORTED: the device never exports this kind. */
  hal_status (*memory_export)(hal_device *device, hal_memory *memory, hal_external_kind kind,
                              hal_external_handle *out, hal_error *error);
  /* Memory that someone exported; ends with memory_free. A descriptor stays the caller's. Optional:
   * HAL_FEATURE_EXPORT_FD, _DMA_BUF, _IPC; HAL_FEATURE_MEMORY_IMPORT_FD, _DMA_BUF.
   * HAL_STATUS_INVALID_ARGUMENT: the handle names nothing that this driver knows, or less than handle->size.
   * HAL_STATUS_UNSUPPORTED: this kind is not imported; it may be exported all the same. */
  hal_status (*memory_import)(hal_device *device, const hal_external_handle *handle, hal_memory **out_memory,
                              hal_error *error);

  /* Wraps memory that someone else allocated with the vendor's API (device: an address; host: a pointer,
   * which is pinned for as long as the wrapper lives). Its owner frees it after memory_free of the wrapper.
   * Optional: HAL_FEATURE_ADOPT_MEMORY. HAL_STATUS_INVALID_ARGUMENT: an address of 0, or one the driver can
   * tell is not valid. */
  hal_status (*memory_adopt)(hal_device *device, hal_memory_kind kind, uint64_t address, uint64_t size,
                             hal_memory **out_memory, hal_error *error);

  /* What an address belongs to. Optional: HAL_FEATURE_POINTER_QUERY. */
  hal_status (*pointer_info)(hal_device *device, uint64_t address, hal_pointer_info *out, hal_error *error);

  /* ---- Peers: another device that the same plugin opened ---- */

  /* Optional: without it no two devices of the plugin are peers. */
  hal_status (*peer_info)(hal_device *device, hal_device *peer, hal_peer_info *out, hal_error *error);
  /* Lets `device` use the peer's memory in its kernels. Twice is harmless. Optional: HAL_FEATURE_PEER_ACCESS.
   * HAL_STATUS_UNSUPPORTED: no link. */
  hal_status (*peer_enable)(hal_device *device, hal_device *peer, hal_error *error);
  /* Optional, together with peer_enable. HAL_STATUS_INVALID_STATE: was not enabled. */
  hal_status (*peer_disable)(hal_device *device, hal_device *peer, hal_error *error);

  /* ---- Streams ---- */

  /* An in-order queue. `options` may be NULL. Required. HAL_STATUS_RESOURCE_EXHAUSTED. */
  hal_status (*stream_create)(hal_device *device, const hal_stream_options *options, hal_stream **out_stream,
                              hal_error *error);
  /* Wraps a queue of the vendor's API that stays its owner's. Optional: HAL_FEATURE_ADOPT_STREAM. */
  hal_status (*stream_adopt)(hal_device *device, void *native, hal_stream **out_stream, hal_error *error);
  /* Required. May block: what was submitted is finished first. A capture in progress is discarded. */
  hal_status (*stream_destroy)(hal_device *device, hal_stream *stream, hal_error *error);
  /* Waits until everything submitted to the stream has finished. Required. Blocks. HAL_STATUS_TIMED_OUT.
   * HAL_STATUS_INVALID_STATE: the stream is being captured. */
  hal_status (*stream_synchronize)(hal_stream *stream, uint64_t timeout, hal_error *error);
  /* HAL_STATUS_OK or HAL_STATUS_NOT_READY; the latter leaves `error` alone. Required. Does not block.
   * HAL_STATUS_INVALID_STATE: as above. */
  hal_status (*stream_query)(hal_stream *stream, hal_error *error);
  /* Work submitted to the stream from here on runs after what the event stood for when this was called. An
   * event that was never recorded stands for nothing. The event may come from any device of the plugin.
   * Required. Does not block. HAL_STATUS_INVALID_STATE: the stream is being captured. */
  hal_status (*stream_wait_event)(hal_stream *stream, hal_event *event, hal_error *error);
  /* Calls function(user) on a thread of the plugin's when the stream gets here. It must not call into the HAL
   * and should be short: the stream waits for it. It is called exactly once, unless the device has failed
   * (then never); in a graph once each launch. Optional: HAL_FEATURE_HOST_FUNCTIONS. Does not block. */
  hal_status (*stream_host_function)(hal_stream *stream, hal_host_function function, void *user,
                                     hal_error *error);

  /* ---- Events ---- */

  /* `options` may be NULL. Required. */
  hal_status (*event_create)(hal_device *device, const hal_event_options *options, hal_event **out_event,
                             hal_error *error);
  /* Required. Does not block: waits that were submitted keep what they need. */
  hal_status (*event_destroy)(hal_device *device, hal_event *event, hal_error *error);
  /* The event now stands for everything submitted to the stream so far; whatever it stood for before is
   * forgotten. Required. Does not block. HAL_STATUS_INVALID_STATE: the stream is being captured. */
  hal_status (*event_record)(hal_event *event, hal_stream *stream, hal_error *error);
  /* HAL_STATUS_OK (also when never recorded) or HAL_STATUS_NOT_READY; the latter leaves `error` alone.
   * Required. Does not block. */
  hal_status (*event_query)(hal_event *event, hal_error *error);
  /* Waits for what the event stood for when this was called. Required. Blocks. HAL_STATUS_TIMED_OUT. */
  hal_status (*event_synchronize)(hal_event *event, uint64_t timeout, hal_error *error);
  /* Nanoseconds on the device's clock from `start` to `end`; negative when they happened the other way round.
   * Both were made with HAL_EVENT_TIMING. Optional: HAL_FEATURE_TIMESTAMPS. Does not block.
   * HAL_STATUS_NOT_READY: one has not happened yet. HAL_STATUS_INVALID_STATE: one was never recorded.
   * HAL_STATUS_INVALID_ARGUMENT: one is made without timing. */
  hal_status (*event_elapsed)(hal_event *start, hal_event *end, int64_t *out_nanoseconds, hal_error *error);

  /* ---- Copies and fills, in stream order ----
   * Ranges are checked when submitted: HAL_STATUS_OUT_OF_RANGE. 0 bytes are no work and no error: the host
   * memory may then be NULL, but handles and offset are checked all the same (an offset equal to the size is
   * the last one). Host memory may be pageable or pinned and stays untouched by the caller until the stream
   * is past the copy; with pageable memory a plugin may block until the copy has run.
   * HAL_STATUS_INVALID_ARGUMENT: host memory is NULL. */

  /* Host to device. Required. */
  hal_status (*copy_to_device)(hal_stream *stream, hal_memory *destination, uint64_t offset,
                               const void *source, uint64_t size, hal_error *error);
  /* Device to host. Required. */
  hal_status (*copy_to_host)(hal_stream *stream, void *destination, hal_memory *source, uint64_t offset,
                             uint64_t size, hal_error *error);
  /* Within one device. Required. HAL_STATUS_INVALID_ARGUMENT: source and destination overlap. */
  hal_status (*copy)(hal_stream *stream, hal_memory *destination, uint64_t destination_offset,
                     hal_memory *source, uint64_t source_offset, uint64_t size, hal_error *error);
  /* Between memories of two devices that this plugin opened; the stream belongs to either. Optional:
   * HAL_FEATURE_PEER_COPY. */
  hal_status (*copy_peer)(hal_stream *stream, hal_memory *destination, uint64_t destination_offset,
                          hal_memory *source, uint64_t source_offset, uint64_t size, hal_error *error);
  /* Rows of one pitch to rows of another, between any two of host and this device's memory.
   * HAL_STATUS_INVALID_ARGUMENT: a pitch below the width, or rectangles of one memory whose byte ranges
   * overlap. Optional: HAL_FEATURE_COPY_2D. */
  hal_status (*copy_2d)(hal_stream *stream, const hal_copy_2d *copy, hal_error *error);
  /* Repeats the low `width` bytes (1, 2 or 4) of `value`, in the host's byte order. Offset and size are
   * multiples of the width. Required. */
  hal_status (*fill)(hal_stream *stream, hal_memory *memory, uint64_t offset, uint64_t size, uint32_t value,
                     uint32_t width, hal_error *error);
  /* `height` rows of `row_size` bytes each, `pitch` apart; offset, row_size and pitch are multiples of
   * `width`. Optional: HAL_FEATURE_COPY_2D. */
  hal_status (*fill_2d)(hal_stream *stream, hal_memory *memory, uint64_t offset, uint64_t pitch,
                        uint64_t row_size, uint64_t height, uint32_t value, uint32_t width, hal_error *error);

  /* ---- Modules and kernels: HAL_FEATURE_KERNELS ---- */

  /* Makes code ready to run. Optional. May block for as long as a compiler takes. source->log and log_length
   * are written on success and on failure. HAL_STATUS_UNSUPPORTED: the format. HAL_STATUS_INVALID_MODULE,
   * HAL_STATUS_INCOMPATIBLE_TARGET, HAL_STATUS_COMPILATION_FAILED. */
  hal_status (*module_load)(hal_device *device, hal_module_source *source, hal_module **out_module,
                            hal_error *error);
  /* The module's kernels go with it. Optional. May block. */
  hal_status (*module_unload)(hal_device *device, hal_module *module, hal_error *error);
  /* The module's kernel of that name; the same handle every time; the module owns it. Optional.
   * HAL_STATUS_NOT_FOUND: the text lists near names. */
  hal_status (*module_kernel)(hal_module *module, const char *name, hal_kernel **out_kernel,
                              hal_error *error);
  /* Names of the module's kernels: *out_count of them; the index-th into `name`, terminated and cut to `room`
   * bytes. `name` NULL: count only. Optional. HAL_STATUS_OUT_OF_RANGE: index. HAL_STATUS_UNSUPPORTED: the
   * format does not tell. */
  hal_status (*module_kernel_name)(hal_module *module, uint32_t index, char *name, uint64_t room,
                                   uint32_t *out_count, hal_error *error);
  /* Optional. */
  hal_status (*kernel_attributes)(hal_kernel *kernel, hal_kernel_attributes *out, hal_error *error);
  /* Optional. HAL_STATUS_OUT_OF_RANGE: index. HAL_STATUS_UNSUPPORTED: the code does not tell
   * (parameter_count is HAL_UNKNOWN_COUNT). */
  hal_status (*kernel_parameter)(hal_kernel *kernel, uint32_t index, hal_parameter *out, hal_error *error);
  /* A block for a launch of about `items` items (0: many) in x, y and z that keeps the device busy; every
   * extent at least 1. Optional. */
  hal_status (*kernel_suggest_block)(hal_kernel *kernel, const uint32_t items[3],
                                     uint64_t dynamic_shared_memory, uint32_t out_block[3], hal_error *error);
  /* Blocks of that many items that one compute unit holds at once. Optional. HAL_STATUS_OUT_OF_RANGE: such a
   * block can't run. */
  hal_status (*kernel_occupancy)(hal_kernel *kernel, uint32_t block_items, uint64_t dynamic_shared_memory,
                                 uint32_t *out_blocks, hal_error *error);
  /* Runs a kernel, in stream order. Optional. Does not block, unless the device's queue is full. Checked when
   * submitted: HAL_STATUS_OUT_OF_RANGE: grid, block or shared memory beyond the limits of device or kernel,
   * or a block other than its required_block.
   * HAL_STATUS_INVALID_ARGUMENT: an extent of 0, a wrong number, kind or size of arguments (as far as the
   * code tells). HAL_STATUS_UNSUPPORTED: a flag. */
  hal_status (*launch)(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch, hal_error *error);

  /* ---- Graphs: HAL_FEATURE_GRAPHS ----
   * While a stream is captured, copies, fills, launches and host functions are recorded instead of run; what
   * they point to stays valid for as long as the graph is launched. All else on the stream is
   * HAL_STATUS_INVALID_STATE. What is refused records nothing and does not end the capture. */

  /* Optional. HAL_STATUS_INVALID_STATE: already capturing. */
  hal_status (*graph_begin_capture)(hal_stream *stream, hal_error *error);
  /* Ends the capture also when it fails. The caller owns *out_graph. Optional. HAL_STATUS_INVALID_STATE: not
   * capturing. */
  hal_status (*graph_end_capture)(hal_stream *stream, hal_graph **out_graph, hal_error *error);
  /* Optional. */
  hal_status (*graph_destroy)(hal_device *device, hal_graph *graph, hal_error *error);
  /* The caller owns *out_executable; the graph may be destroyed at once. Optional. May take long. */
  hal_status (*graph_instantiate)(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable,
                                  hal_error *error);
  /* Takes arguments, addresses and sizes from a graph with the same sequence of operations and kernels.
   * Launches already submitted keep the old ones. Optional: HAL_FEATURE_GRAPH_UPDATE.
   * HAL_STATUS_INVALID_ARGUMENT: the graphs differ in kind; nothing was changed; instantiate anew. */
  hal_status (*graph_update)(hal_graph_executable *executable, hal_graph *graph, hal_error *error);
  /* All recorded work, in stream order. Optional. Does not block. HAL_STATUS_INVALID_STATE: the stream is
   * being captured. */
  hal_status (*graph_launch)(hal_graph_executable *executable, hal_stream *stream, hal_error *error);
  /* Optional. May block. */
  hal_status (*graph_executable_destroy)(hal_device *device, hal_graph_executable *executable,
                                         hal_error *error);

  /* ---- Since 1.1 ---- */

  /* What the driver's compiler made of a module that was loaded from source or from an intermediate form:
   * given to module_load in the format told, it makes the same module without compiling, on this device and
   * on any of the same name and targets under the same driver version, in any process. The bytes are written
   * whole: never when there is less room. Optional: HAL_FEATURE_MODULE_BINARY. May block.
   * HAL_STATUS_INVALID_STATE: the module was loaded without HAL_MODULE_KEEP_BINARY; a plugin may answer all
   * the same. HAL_STATUS_UNSUPPORTED: there is none of this module; one that was loaded as a binary need not
   * have any. HAL_STATUS_OUT_OF_RANGE: less room than the size, which is written nevertheless. */
  hal_status (*module_binary)(hal_module *module, hal_module_binary *binary, hal_error *error);
} hal_device_table;

#ifdef __cplusplus
}
#endif

#endif
