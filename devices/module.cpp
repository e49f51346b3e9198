#include "hal/module.hpp"

#include <algorithm>
#include <iterator>

#include "devices/text.hpp"
#include "hal/error.hpp"

namespace hal {
namespace {

const hal_device_table &table_of(const detail::device_state *device) {
  return device == nullptr ? detail::empty_table : *device->table;
}

}  // namespace

module::~module() {
  if (handle_ == nullptr) return;
  detail::error_record ignored;
  device_->table->module_unload(device_->handle, handle_, ignored.get());
}

kernel module::operator[](std::string_view name) const {
  hal_kernel *found = nullptr;
  detail::error_record error;
  detail::check(
      table_of(device_.get()).module_kernel(handle_, std::string(name).c_str(), &found, error.get()), error,
      device_.get());
  return kernel(*device_, found);
}

std::vector<std::string> module::kernel_names() const {
  const hal_device_table &table = table_of(device_.get());
  std::uint32_t count = 0;
  detail::error_record error;
  detail::check(table.module_kernel_name(handle_, 0, nullptr, 0, &count, error.get()), error, device_.get());
  std::vector<std::string> names;
  for (std::uint32_t index = 0; index < count; ++index) {
    char name[4096] = {};
    detail::check(table.module_kernel_name(handle_, index, name, sizeof name, &count, error.get()), error,
                  device_.get());
    names.emplace_back(name);
  }
  return names;
}

module_binary module::binary() const {
  const hal_device_table &table = table_of(device_.get());
  hal_module_binary from{};
  from.struct_size = sizeof from;
  detail::error_record error;
  detail::check(table.module_binary(handle_, &from, error.get()), error, device_.get());
  module_binary made;
  made.format = devices::printable(from.format);
  made.bytes.resize(from.size);
  from.bytes = made.bytes.data();
  from.room = made.bytes.size();
  detail::check(table.module_binary(handle_, &from, error.get()), error, device_.get());
  return made;
}

kernel::attributes kernel::get_attributes() const {
  hal_kernel_attributes from{};
  from.struct_size = sizeof from;
  detail::error_record error;
  detail::check(table_of(device_).kernel_attributes(handle_, &from, error.get()), error, device_);
  attributes facts;
  if (from.parameter_count != HAL_UNKNOWN_COUNT) facts.parameter_count = from.parameter_count;
  facts.max_block_items = from.max_block_items;
  facts.subgroup_size = from.subgroup_size;
  facts.registers_per_item = from.registers_per_item;
  std::copy_n(from.required_block, 3, facts.required_block.begin());
  facts.static_shared_memory = from.static_shared_memory;
  facts.max_dynamic_shared_memory = from.max_dynamic_shared_memory;
  facts.local_memory_per_item = from.local_memory_per_item;
  return facts;
}

kernel::parameter kernel::get_parameter(std::uint32_t index) const {
  hal_parameter from{};
  from.struct_size = sizeof from;
  detail::error_record error;
  detail::check(table_of(device_).kernel_parameter(handle_, index, &from, error.get()), error, device_);
  const auto end = std::find(std::begin(from.name), std::end(from.name), '\0');
  return {from.kind, from.size, from.alignment, std::string(std::begin(from.name), end)};
}

std::array<std::uint32_t, 3> kernel::suggest_block(std::array<std::uint32_t, 3> items,
                                                   std::uint64_t dynamic_shared_memory) const {
  std::array<std::uint32_t, 3> block{};
  detail::error_record error;
  detail::check(table_of(device_).kernel_suggest_block(handle_, items.data(), dynamic_shared_memory,
                                                       block.data(), error.get()),
                error, device_);
  return block;
}

std::uint32_t kernel::occupancy(std::uint32_t block_items, std::uint64_t dynamic_shared_memory) const {
  std::uint32_t blocks = 0;
  detail::error_record error;
  detail::check(
      table_of(device_).kernel_occupancy(handle_, block_items, dynamic_shared_memory, &blocks, error.get()),
      error, device_);
  return blocks;
}

}  // namespace hal
