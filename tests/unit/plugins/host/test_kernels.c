/* A small module for the tests: no start-up code, so that nothing of it runs when it is loaded. */
#include "hal/abi/native_kernel.h"

static void add(const hal_native_block *block) {
  const float *x = *(const float *const *)block->arguments[0];
  float *y = *(float *const *)block->arguments[1];
  const uint32_t first = block->index[0] * block->block[0];
  for (uint32_t item = 0; item < block->block[0]; ++item) y[first + item] += x[first + item];
}

static void rotate(const hal_native_item *item) {
  const hal_native_block *block = item->block;
  uint32_t *values = *(uint32_t *const *)block->arguments[0];
  uint32_t *shared = (uint32_t *)block->shared;
  const uint32_t own = item->local[0], count = block->block[0];
  shared[own] = values[block->index[0] * count + own];
  item->barrier(item);
  values[block->index[0] * count + own] = shared[(own + 1) % count];
}

static const hal_native_parameter add_parameters[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "x"},
                                                      {HAL_ARGUMENT_MEMORY, 8, 8, 0, "y"}};
static const hal_native_parameter rotate_parameters[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "values"}};

static const hal_native_kernel add_kernel = {
    sizeof(hal_native_kernel), 0, "add", add, 0, add_parameters, 2, {0, 0, 0}, 0};
static const hal_native_kernel rotate_kernel = {sizeof(hal_native_kernel),
                                                HAL_NATIVE_USES_BARRIER,
                                                "rotate",
                                                0,
                                                rotate,
                                                rotate_parameters,
                                                1,
                                                {0, 0, 0},
                                                4096};

static const hal_native_kernel *const kernels[] = {&add_kernel, &rotate_kernel};

__attribute__((visibility("default")))
const hal_native_module hal_native_module_1 = {sizeof(hal_native_module), 2, kernels};
