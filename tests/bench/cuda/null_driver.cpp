// The entries of the null driver that answer something.
#include <cstring>

#include "plugins/cuda/driver.hpp"

using namespace hal::plugins::cuda::driver;

#define NULL_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

thread_local context current = nullptr;
int objects[8];

template <typename Handle>
Handle handle(int which) {
  return reinterpret_cast<Handle>(&objects[which]);
}

}  // namespace

NULL_EXPORT result cuDriverGetVersion(int *out) {
  *out = 13000;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuDeviceGetCount(int *out) {
  *out = 1;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuDeviceGetAttribute(int *out, device_attribute, device) {
  *out = 1024;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuDeviceTotalMem_v2(std::size_t *out, device) {
  *out = 1ull << 40;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuDeviceGetName(char *out, int room, device) {
  std::strncpy(out, "nothing", static_cast<std::size_t>(room));
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuDevicePrimaryCtxRetain(context *out, device) {
  *out = handle<context>(0);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuCtxGetCurrent(context *out) {
  *out = current;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuCtxPushCurrent_v2(context given) {
  current = given;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuCtxPopCurrent_v2(context *out) {
  *out = current;
  current = nullptr;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuMemAlloc_v2(deviceptr *out, std::size_t) {
  *out = 0x10000;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuMemAllocFromPoolAsync(deviceptr *out, std::size_t, memory_pool, stream) {
  *out = 0x10000;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuMemPoolCreate(memory_pool *out, const pool_properties *) {
  *out = handle<memory_pool>(1);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuStreamCreateWithPriority(stream *out, unsigned, int) {
  *out = handle<stream>(2);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuEventCreate(event *out, unsigned) {
  *out = handle<event>(3);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuModuleLoadDataEx(module *out, const void *, unsigned, jit_option *, void **) {
  *out = handle<module>(4);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuModuleGetFunction(function *out, module, const char *) {
  *out = handle<function>(5);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuModuleGetFunctionCount(unsigned *out, module) {
  *out = 1;
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuModuleEnumerateFunctions(function *out, unsigned, module) {
  *out = handle<function>(5);
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuFuncGetName(const char **out, function) {
  *out = "saxpy";
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuFuncGetParamInfo(function, std::size_t index, std::size_t *offset, std::size_t *size) {
  static constexpr std::size_t offsets[] = {0, 8, 16, 20};
  static constexpr std::size_t sizes[] = {8, 8, 4, 4};
  if (index >= 4) return CUDA_ERROR_INVALID_VALUE;
  *offset = offsets[index];
  *size = sizes[index];
  return CUDA_SUCCESS;
}
NULL_EXPORT result cuFuncGetAttribute(int *out, function_attribute, function) {
  *out = 1024;
  return CUDA_SUCCESS;
}
