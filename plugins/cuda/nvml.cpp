#include "plugins/cuda/nvml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "hal/plugin/library.hpp"
#include "hal/plugin/pci_address.hpp"
#include "plugins/cuda/uuid_text.hpp"

namespace hal::plugins::cuda::nvml {
namespace {

// NULL when there is no such library. It is looked for once: what is installed later is found by the next
// process.
const entries *loaded() noexcept {
  static const entries *const found = []() -> const entries * {
    try {
      std::string why;
      const plugin::library from = plugin::library::load("libnvidia-ml.so.1", why);
      if (!from) return nullptr;
      auto *all = new entries;
#define HAL_NVML_ENTRY(member, name, parameters) \
  all->member = reinterpret_cast<decltype(all->member)>(from.symbol(#name));
#include "plugins/cuda/nvml_entries.inc"
#undef HAL_NVML_ENTRY
      return all;
    } catch (...) {
      return nullptr;
    }
  }();
  return found;
}

// "00000000:17:00.0" as everybody else writes it; empty when it is no address.
std::string address_of(const pci_info &pci) {
  hal_device_identity at{};
  const std::string text(pci.bus_id, strnlen(pci.bus_id, sizeof pci.bus_id));
  if (!plugin::read_pci_address(text.c_str(), at)) return {};
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", at.pci_domain, at.pci_bus, at.pci_device, at.pci_function);
}

}  // namespace

bool is_there() noexcept {
  return loaded() != nullptr;
}

// Never shut down: its count is the process's.
const entries *ready() noexcept {
  static const entries *const found = []() -> const entries * {
    const entries *all = loaded();
    return all != nullptr && all->init != nullptr && all->init() == 0 ? all : nullptr;
  }();
  return found;
}

std::optional<device> find_device(const entries &all, const hal_device_identity &identity) {
  if ((identity.valid & HAL_IDENTITY_UUID) == 0) return std::nullopt;
  const bool part = (identity.valid & HAL_IDENTITY_PARTITION) != 0;
  return ask<device>(all.by_uuid, uuid_text(part ? "MIG-" : "GPU-", identity.uuid).c_str());
}

std::uint32_t instance_number(const driver::uuid &instance) noexcept {
  const entries *all = ready();
  if (all == nullptr) return 0;
  const std::string wanted = uuid_text("MIG-", instance.bytes);
  const auto own = ask<device>(all->by_uuid, wanted.c_str());
  if (!own) return 0;
  const auto parent = ask<device>(all->parent, *own);
  if (!parent) return 0;
  const unsigned most = ask<unsigned>(all->max_instances, *parent).value_or(0);
  for (unsigned number = 0, index = 0; index < most; ++index) {
    const auto other = ask<device>(all->instance, *parent, index);
    if (!other) continue;
    char text[96] = "";
    if (all->get_uuid != nullptr && all->get_uuid(*other, text, sizeof text) == 0 && wanted == text)
      return number;
    ++number;
  }
  return 0;
}

std::optional<unsigned> minor_number(const hal_device_identity &identity) {
  const entries *all = ready();
  const auto found = all == nullptr ? std::nullopt : find_device(*all, identity);
  if (!found) return std::nullopt;
  // A MIG instance has the file of its GPU.
  const auto whole =
      (identity.valid & HAL_IDENTITY_PARTITION) != 0 ? ask<device>(all->parent, *found) : found;
  return whole ? ask<unsigned>(all->minor_number, *whole) : std::nullopt;
}

std::vector<link> links(const hal_device_identity &identity) {
  std::vector<link> found;
  const entries *all = ready();
  const auto of = all == nullptr ? std::nullopt : find_device(*all, identity);
  if (!of) return found;
  for (unsigned number = 0; number < most_links; ++number) {
    if (ask<enable_state>(all->link_state, *of, number).value_or(state_disabled) != state_enabled) continue;
    const auto other = ask<pci_info>(all->link_remote, *of, number);
    const std::string peer = other ? address_of(*other) : std::string();
    if (peer.empty()) continue;
    const auto known =
        std::find_if(found.begin(), found.end(), [&](const link &one) { return one.peer == peer; });
    if (known == found.end())
      found.push_back({peer, 1});
    else
      ++known->count;
  }
  return found;
}

}  // namespace hal::plugins::cuda::nvml
