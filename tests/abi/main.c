/* That this program exists is the test. Uses the whole boundary from C99 once. */
#include "hal/abi/native_kernel.h"
#include "hal/abi/plugin.h"

int main(void) {
  hal_error error;
  error.struct_size = sizeof error;
  error.status = HAL_STATUS_OK;
  return error.status == HAL_STATUS_OK && sizeof(hal_native_module) > 0 ? 0 : 1;
}
