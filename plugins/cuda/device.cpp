#include "plugins/cuda/device.hpp"

#include <fmt/format.h>

#include "plugins/cuda/describe.hpp"

namespace cuda = hal::plugins::cuda;

hal_device::hal_device(std::uint32_t which, cuda::driver::context given)
    : device(cuda::probed(which), which), primary(given == nullptr) {
  cuda::describe(which, facts);
  facts.struct_size = sizeof facts;
  name = cuda::device_label(facts);
  check(api.device_get(&native, static_cast<int>(which)), "cuDeviceGet");
  make_context(given);
  try {
    const cuda::current_context current(*this);
    pool.open(*this);
  } catch (...) {
    if (primary) api.primary_ctx_release(native);
    throw;
  }
}

hal_device::~hal_device() {
  ending ignored(*this);
  end(ignored);
}

void hal_device::end(ending &told) noexcept {
  if (context == nullptr) return;
  release(told);
  if (primary) told(api.primary_ctx_release(native), "cuDevicePrimaryCtxRelease");
  context = nullptr;
}

void hal_device::make_context(cuda::driver::context given) {
  if (given == nullptr) {
    check(api.primary_ctx_retain(&context, native), "cuDevicePrimaryCtxRetain");
    return;
  }
  context = given;
  const cuda::current_context current(*this);
  cuda::driver::device owner = -1;
  check(api.ctx_get_device(&owner), "cuCtxGetDevice of the caller's context");
  if (owner != native) {
    throw hal::plugin::failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The context belongs to device {}; device {} was to be opened.", owner, native));
  }
}
