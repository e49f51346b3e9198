#include "runtime/plugin_module.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "devices/table.hpp"
#include "devices/text.hpp"
#include "hal/error.hpp"

namespace hal::rt {
namespace {

void forward_log(void *context, hal_log_level level, const char *message) {
  const auto &log = *static_cast<const log_function *>(context);
  if (!log || message == nullptr) return;
  try {
    log(static_cast<log_level>(level), message);
  } catch (...) {  // NOLINT(bugprone-empty-catch): a logger's failure has nobody left to be told to
  }
}

// A table that is too short to hold this member ends before it.
bool reaches(std::uint32_t struct_size, std::size_t member_end) {
  return struct_size >= member_end;
}

}  // namespace

plugin_module::plugin_module(shared_object code, log_function log)
    : code_(std::move(code)), log_(std::move(log)) {
  host_.struct_size = sizeof host_;
  host_.abi_major = HAL_ABI_MAJOR;
  host_.abi_minor = HAL_ABI_MINOR;
  host_.context = &log_;
  host_.log = &forward_log;
}

std::shared_ptr<const plugin_module> plugin_module::load(const discovery::manifest &manifest,
                                                         const std::filesystem::path &library,
                                                         log_function log,
                                                         const std::function<void()> &loaded) {
  std::shared_ptr<plugin_module> module(new plugin_module(shared_object(library), std::move(log)));
  if (loaded) loaded();
  module->accept(manifest, library);
  return module;
}

void plugin_module::accept(const discovery::manifest &manifest, const std::filesystem::path &library) {
  const auto query = code_.function<const hal_plugin *(const hal_host *)>(HAL_PLUGIN_QUERY_SYMBOL);
  if (query == nullptr) {
    throw error(status::invalid_argument, fmt::format("{} is no plugin: it does not export {}.",
                                                      library.string(), HAL_PLUGIN_QUERY_SYMBOL));
  }
  const hal_plugin *given = query(&host_);
  if (given == nullptr) {
    throw error(status::unavailable,
                fmt::format("{} answered {} with no table.", library.string(), HAL_PLUGIN_QUERY_SYMBOL));
  }
  if (!reaches(given->struct_size, offsetof(hal_plugin, name))) {
    throw error(
        status::incompatible_version,
        fmt::format("The plugin table of {} says that it has {} bytes; that is too short to hold a version.",
                    library.string(), given->struct_size));
  }
  if (given->abi_major != HAL_ABI_MAJOR) {
    throw error(
        status::incompatible_version,
        fmt::format("{} was built for version {}.{} of the plugin boundary; this library has {}.{}, and the "
                    "first numbers must be equal. Install the plugin that belongs to this version.",
                    library.string(), given->abi_major, given->abi_minor, HAL_ABI_MAJOR, HAL_ABI_MINOR));
  }
  constexpr std::size_t least = offsetof(hal_plugin, device) + sizeof given->device;
  if (!reaches(given->struct_size, least)) {
    throw error(status::incompatible_version,
                fmt::format("The plugin table of {} has {} bytes; version {}.0 of the boundary has {}.",
                            library.string(), given->struct_size, HAL_ABI_MAJOR, least));
  }
  try {
    plugin_ = devices::complete_plugin(*given);
    device_table_ = devices::complete_device_table(*plugin_.device);
  } catch (const error &gap) {
    throw error(gap.status(), fmt::format("{} is not a complete plugin: {}", library.string(), gap.what()));
  }
  plugin_.device = &device_table_;
  if (manifest.name != plugin_.name) {
    throw error(status::invalid_argument,
                fmt::format("{} calls itself '{}', and its manifest calls it '{}'.", library.string(),
                            devices::printable(std::string_view(plugin_.name)), manifest.name));
  }
  if (plugin_.version != nullptr) version_ = devices::printable(std::string_view(plugin_.version));
}

std::uint32_t plugin_module::probe() const {
  std::uint32_t count = 0;
  detail::error_record error;
  detail::check(plugin_.probe(&host_, &count, error.get()), error, nullptr);
  return count;
}

device plugin_module::open(const device_info &info, const std::filesystem::path &cache) const {
  auto state = std::make_shared<detail::device_state>();
  state->table = &device_table_;
  state->plugin = &plugin_;
  state->info = info;
  state->code = shared_from_this();
  state->cache = cache.string();
  detail::error_record error;
  detail::check(plugin_.open(&host_, info.index, nullptr, &state->handle, error.get()), error, state.get());
  if (state->handle == nullptr) {
    throw hal::error(status::internal,
                     fmt::format("The plugin opened {} and gave no device.", info.selector()),
                     info.selector());
  }
  return device(std::move(state));
}

}  // namespace hal::rt
