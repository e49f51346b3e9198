/* Status codes and the error record: what every entry of a plugin answers.
 *
 * An entry returns a status. When that is neither HAL_STATUS_OK nor the HAL_STATUS_NOT_READY of a query, it
 * has also filled the caller's hal_error, if the caller gave one: the status again, the vendor's own code,
 * and a full sentence that names what failed, with which values and on which device. Nothing is printed,
 * thrown, aborted or exited across this boundary.
 *
 * C99. Part of "hal/abi/plugin.h", which is what a plugin includes.
 */
#ifndef HAL_ABI_STATUS_H
#define HAL_ABI_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A status has 32 bits in every language. The numbers never change and are never used again for something
 * else; a reader that meets one it does not know treats it as HAL_STATUS_UNKNOWN. */
typedef int32_t hal_status;

enum {
  /* It worked; for a submission: it was accepted. */
  HAL_STATUS_OK = 0,

  /* Ordinary answers: nothing is wrong. */

  /* The work that was asked about has not finished. stream_query and event_query answer this and leave the
   * error record alone; event_elapsed answers it and fills the record, as for any other status. */
  HAL_STATUS_NOT_READY = 1,
  /* A wait of finite length, zero included, ended before the work did. The work goes on and may be waited for
     again. */
  HAL_STATUS_TIMED_OUT = 2,
  /* This plugin or this device cannot do it, ever: an entry that is left out, a feature bit that is not set.
   */
  HAL_STATUS_UNSUPPORTED = 3,
  /* It cannot be done here and now, although the plugin knows how: the vendor's library, driver or device is
   * not there. The text says what to install, load or plug in. */
  HAL_STATUS_UNAVAILABLE = 4,

  /* The caller's mistakes. The device is as it was before the call. */

  /* A value is outside of what the entry documents: a NULL that must not be, a zero size, arguments that do
   * not fit the kernel, a kind or flag that the header the plugin was built with does not define. (One that
   * it defines and the device lacks is HAL_STATUS_UNSUPPORTED.) */
  HAL_STATUS_INVALID_ARGUMENT = 16,
  /* A handle is NULL, was destroyed, or belongs to another device. */
  HAL_STATUS_INVALID_HANDLE = 17,
  /* Offset and size reach beyond the memory, an index beyond the count, a launch beyond the device's limits.
   */
  HAL_STATUS_OUT_OF_RANGE = 18,
  /* Right call, wrong moment: time between events that were never recorded, the end of a capture that was
   * never begun, a wait on a stream that is being captured. */
  HAL_STATUS_INVALID_STATE = 19,
  /* Objects still depend on this one; nothing was destroyed. device_close with live objects, memory_free of
   * memory that has slices. */
  HAL_STATUS_BUSY = 20,
  /* No such name: a kernel that the module does not hold. */
  HAL_STATUS_NOT_FOUND = 21,
  /* The operating system forbids it to this user; the text names the file, group or limit. */
  HAL_STATUS_PERMISSION_DENIED = 22,

  /* Resources. The device is as it was before the call. */

  HAL_STATUS_OUT_OF_HOST_MEMORY = 32,
  HAL_STATUS_OUT_OF_DEVICE_MEMORY = 33,
  /* Another limit: locked memory, file descriptors, registers, streams. The text names the limit and its
     value. */
  HAL_STATUS_RESOURCE_EXHAUSTED = 34,

  /* Code for the device. */

  /* The bytes are not what their format says: truncated, damaged, or another format. */
  HAL_STATUS_INVALID_MODULE = 48,
  /* The module is sound, but made for another device, and cannot run here. */
  HAL_STATUS_INCOMPATIBLE_TARGET = 49,
  /* The source or intermediate code was understood and refused; the build log says why. */
  HAL_STATUS_COMPILATION_FAILED = 50,

  /* Failures of the device, sticky as "hal/abi/device.h" explains. */

  /* A kernel faulted or reported a failure while it ran. */
  HAL_STATUS_LAUNCH_FAILED = 64,
  /* The device is gone or must be reset: unplugged, hung, fallen off the bus. Close it and open it again. */
  HAL_STATUS_DEVICE_LOST = 65,

  /* Between plugin and host. */

  /* Two versions that cannot work together: ABI, vendor library, driver. The text gives both. */
  HAL_STATUS_INCOMPATIBLE_VERSION = 80,
  /* A defect in the plugin or below it: an exception caught at the boundary, a broken invariant. */
  HAL_STATUS_INTERNAL = 81,
  /* The vendor answered with a code that the plugin does not know; the number is in hal_error.native_code. */
  HAL_STATUS_UNKNOWN = 82
};

/* Room for a message with its terminating zero. Longer messages are cut at a character boundary (UTF-8). */
#define HAL_ERROR_MESSAGE_SIZE 496

/* What went wrong. The caller owns it and sets struct_size; everything else may be uninitialised. A callee
 * writes it only when it fails, and writes at most struct_size bytes: each number whole or not at all, the
 * message cut to the room that is left. Passing NULL is allowed wherever a hal_error is taken. */
typedef struct hal_error {
  uint32_t struct_size;
  hal_status status;
  /* The code of the API below (CUresult, hipError_t, ze_result_t, errno), 0 when there is none. */
  int64_t native_code;
  /* A full sentence in English, present or past tense, on one line, without control characters: "cuMemAlloc
   * of 68719476736 bytes on 0000:17:00.0 failed: CUDA_ERROR_OUT_OF_MEMORY (2); 12.1 GiB of 139.8 GiB free".
   * Always terminated. */
  char message[HAL_ERROR_MESSAGE_SIZE];
} hal_error;

#ifdef __cplusplus
}
#endif

#endif
