// The entries of the null runtime that answer something.
#include <cstring>

#include "plugins/hip/driver.hpp"

using namespace hal::plugins::hip::driver;

#define NULL_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

thread_local device current = 0;
int objects[8];

template <typename Handle>
Handle handle(int which) {
  return reinterpret_cast<Handle>(&objects[which]);
}

}  // namespace

NULL_EXPORT result hipRuntimeGetVersion(int *out) {
  *out = 60'400'000;
  return hipSuccess;
}
NULL_EXPORT result hipGetDeviceCount(int *out) {
  *out = 1;
  return hipSuccess;
}
NULL_EXPORT result hipDeviceGetAttribute(int *out, device_attribute, device) {
  *out = 1024;
  return hipSuccess;
}
NULL_EXPORT result hipDeviceTotalMem(std::size_t *out, device) {
  *out = 1ull << 40;
  return hipSuccess;
}
NULL_EXPORT result hipDeviceGetName(char *out, int room, device) {
  std::strncpy(out, "nothing", static_cast<std::size_t>(room));
  return hipSuccess;
}
NULL_EXPORT result hipGetDevice(device *out) {
  *out = current;
  return hipSuccess;
}
NULL_EXPORT result hipSetDevice(device given) {
  current = given;
  return hipSuccess;
}
NULL_EXPORT result hipMalloc(deviceptr *out, std::size_t) {
  *out = &objects[7];
  return hipSuccess;
}
NULL_EXPORT result hipMallocFromPoolAsync(deviceptr *out, std::size_t, memory_pool, stream) {
  *out = &objects[7];
  return hipSuccess;
}
NULL_EXPORT result hipMemPoolCreate(memory_pool *out, const pool_properties *) {
  *out = handle<memory_pool>(1);
  return hipSuccess;
}
NULL_EXPORT result hipDevicePrimaryCtxRetain(context *out, device) {
  *out = handle<context>(0);
  return hipSuccess;
}
NULL_EXPORT result hipStreamCreateWithPriority(stream *out, unsigned, int) {
  *out = handle<stream>(2);
  return hipSuccess;
}
NULL_EXPORT result hipEventCreateWithFlags(event *out, unsigned) {
  *out = handle<event>(3);
  return hipSuccess;
}
NULL_EXPORT result hipModuleLoadData(module *out, const void *) {
  *out = handle<module>(4);
  return hipSuccess;
}
NULL_EXPORT result hipModuleGetFunction(function *out, module, const char *) {
  *out = handle<function>(5);
  return hipSuccess;
}
NULL_EXPORT result hipFuncGetAttribute(int *out, function_attribute, function) {
  *out = 1024;
  return hipSuccess;
}
