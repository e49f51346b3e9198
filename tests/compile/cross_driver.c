/* Runs the one kernel of ./module.so, axpy, under an emulator. Its answer is 0 when the result is right.
 * Nothing of the target's is needed to build it: the C library is told by name, and its functions are
 * declared here.
 */
#include "hal/abi/native_kernel.h"

void *dlopen(const char *file, int flags);
void *dlsym(void *object, const char *name);
void _exit(int code) __attribute__((noreturn));

enum { count = 1000, block_items = 64, blocks = 16 };

static float x[count];
static float y[count];

static void failed(const hal_native_block *block, const char *message) {
  (void)block;
  (void)message;
  _exit(9);
}

static int run(void) {
  const int now = 2;
  void *object = dlopen("./module.so", now);
  if (object == 0) return 2;
  const hal_native_module *module = dlsym(object, HAL_NATIVE_MODULE_SYMBOL);
  if (module == 0 || module->kernel_count != 1 || module->kernels[0]->run_block == 0) return 3;
  uint32_t n = count;
  float a = 0.5f;
  float *to = y;
  const float *from = x;
  void *arguments[4] = {&n, &a, &from, &to};
  for (int i = 0; i < count; ++i) {
    x[i] = (float)i;
    y[i] = 1;
  }
  for (uint32_t index = 0; index < blocks; ++index) {
    const hal_native_block block = {
        sizeof block, 0, {blocks, 1, 1}, {block_items, 1, 1}, {index, 0, 0}, 0, arguments, 0, 0, 0, failed};
    module->kernels[0]->run_block(&block);
  }
  for (int i = 0; i < count; ++i) {
    if (y[i] != 0.5f * (float)i + 1) return 4;
  }
  return 0;
}

void _start(void) {
  _exit(run());
}
