// Decisions over the devices of this machine.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hal/error.hpp"
#include "hal/runtime.hpp"
#include "runtime/near_name.hpp"

namespace hal {
namespace {

std::vector<device_info> all_ways_in(const inventory &listing) {
  std::vector<device_info> all;
  for (const device_entry &entry : listing.devices)
    all.insert(all.end(), entry.ways_in.begin(), entry.ways_in.end());
  return all;
}

}  // namespace

std::vector<device_info> runtime::select(const requirements &needs) {
  std::vector<device_info> all = all_ways_in(*look());
  std::erase_if(all, [&needs](const device_info &info) { return unmet(info, needs).has_value(); });
  return all;
}

placement runtime::best(const bundle &code, std::string_view kernel, const dispatch_policy &policy) {
  const auto wanted = code.find(kernel);
  if (!wanted) throw error(status::not_found, rt::no_kernel(kernel, code.kernel_names()));
  std::vector<device_info> devices = all_ways_in(*look());
  const dispatcher decides(code, devices, policy);
  if (const auto chosen = decides.best(*wanted))
    return {std::move(devices[chosen->device]), wanted->variants[chosen->variant]};
  std::vector<std::string> reasons;
  for (const dispatch_verdict &pair : decides.explain(*wanted)) reasons.push_back(pair.why);
  throw error(status::incompatible_target, reasons.empty() ? "No device can be used in this machine."
                                                           : fmt::format("No device runs kernel '{}': {}",
                                                                         kernel, fmt::join(reasons, " ")));
}

}  // namespace hal
