// A bundle on a device: its kernels, each loaded when it is first asked for.
#pragma once

#include <memory>
#include <string_view>

#include "hal/bundle.hpp"
#include "hal/device.hpp"
#include "hal/dispatch.hpp"
#include "hal/module.hpp"

namespace hal {

// Cheap to copy; copies share what is loaded. Safe from any thread. Kernels are valid as long as any copy
// lives, and it keeps the device open.
class program {
 public:
  program() = default;
  // Loads nothing yet.
  program(device on, bundle code);

  explicit operator bool() const noexcept { return state_ != nullptr; }

  // The kernel in the variant that suits the device best. Loads that variant's image on first use; when the
  // driver refuses it (invalid_module, incompatible_target, compilation_failed, unsupported), the next one is
  // tried. Throws not_found with near names; incompatible_target with the reason for every variant.
  kernel operator[](std::string_view name) const;

  // The variant behind a kernel: facts of its image. Loads it, as above.
  bundle_image image_of(std::string_view kernel) const;

 private:
  class state;
  std::shared_ptr<state> state_;
};

}  // namespace hal
