// kernel_attributes, kernel_parameter, kernel_suggest_block, kernel_occupancy.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

hal_kernel_attributes attributes_of(hal_kernel *kernel) {
  hal_kernel_attributes attributes;
  std::memset(&attributes, poison, sizeof attributes);
  attributes.struct_size = sizeof attributes;
  require_ok(call(table().kernel_attributes, kernel, &attributes));
  return attributes;
}

struct formal {
  hal_argument_kind kind;
  std::uint32_t size;
};

}  // namespace

TEST_CASE("kernel: attributes lie within the device's limits") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    const auto attributes = attributes_of(loaded.kernel("vector_add"));
    CHECK(attributes.struct_size == sizeof attributes);
    CHECK((attributes.parameter_count == 4 || attributes.parameter_count == HAL_UNKNOWN_COUNT));
    CHECK(attributes.max_block_items >= 1);
    CHECK(attributes.max_block_items <= description().max_block_items);
    for (const auto extent : attributes.required_block) CHECK(extent == 0);
    CHECK(attributes.max_dynamic_shared_memory <= description().max_dynamic_shared_memory);
  });
}

TEST_CASE("kernel: attributes tell static shared memory and the required block") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module reversing(device, format, "reverse_block");
    CHECK(attributes_of(reversing.kernel("reverse_block")).static_shared_memory >= 256);
    loaded_module required(device, format, "required_block");
    const auto attributes = attributes_of(required.kernel("required_block"));
    // Code that does not tell leaves all of them 0.
    if (attributes.required_block[0] == 0) return;
    CHECK(attributes.required_block[0] == 8);
    CHECK(attributes.required_block[1] == 1);
    CHECK(attributes.required_block[2] == 1);
  });
}

TEST_CASE("kernel: parameters are told as they are") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().kernel_parameter, "kernel_parameter")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "mixed_arguments");
    hal_kernel *kernel = loaded.kernel("mixed_arguments");
    const formal expected[] = {{HAL_ARGUMENT_VALUE, 1},  {HAL_ARGUMENT_VALUE, 2}, {HAL_ARGUMENT_VALUE, 4},
                               {HAL_ARGUMENT_MEMORY, 8}, {HAL_ARGUMENT_VALUE, 8}, {HAL_ARGUMENT_VALUE, 16},
                               {HAL_ARGUMENT_VALUE, 64}};
    const auto count = attributes_of(kernel).parameter_count;
    if (count == HAL_UNKNOWN_COUNT) return;
    REQUIRE(count == std::size(expected));
    for (std::uint32_t i = 0; i < count; ++i) {
      CAPTURE(i);
      hal_parameter parameter;
      std::memset(&parameter, poison, sizeof parameter);
      parameter.struct_size = sizeof parameter;
      const answer given = call(table().kernel_parameter, kernel, i, &parameter);
      if (given.status == HAL_STATUS_UNSUPPORTED) return;
      require_ok(given);
      // Some codes know an address only as a value of 8 bytes.
      if (parameter.size != 8) CHECK(parameter.kind == expected[i].kind);
      CHECK(parameter.size == expected[i].size);
      CHECK((parameter.alignment & (parameter.alignment - 1)) == 0);
      CHECK(std::memchr(parameter.name, '\0', sizeof parameter.name) != nullptr);
    }
  });
}

TEST_CASE("kernel: suggested blocks can be launched") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().kernel_suggest_block, "kernel_suggest_block")) return;
  opened_device device;
  stream on(device);
  buffer counter(device, 4);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "count");
    hal_kernel *kernel = loaded.kernel("count");
    const auto limit = attributes_of(kernel).max_block_items;
    const extents wishes[] = {{0, 0, 0},        {1, 1, 1},     {1000, 1, 1},
                              {1u << 30, 1, 1}, {100, 100, 1}, {16, 16, 16}};
    for (const auto &items : wishes) {
      CAPTURE(items[0]);
      CAPTURE(items[1]);
      std::uint32_t block[3] = {};
      require_ok(call(table().kernel_suggest_block, kernel, items.data(), 0u, block));
      std::uint64_t product = 1;
      for (int axis = 0; axis < 3; ++axis) {
        REQUIRE(block[axis] >= 1);
        CHECK(block[axis] <= description().max_block[axis]);
        product *= block[axis];
      }
      CHECK(product <= limit);
      fill(on, counter, 0);
      work once({2, 1, 1}, {block[0], block[1], block[2]});
      once.memory(counter);
      expect_ok(launch(on, kernel, once));
      expect_equal(download<std::uint32_t>(on, counter, 1), {static_cast<std::uint32_t>(2 * product)});
    }
  });
}

TEST_CASE("kernel: occupancy of a block that can run is at least 1") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().kernel_occupancy, "kernel_occupancy")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = loaded.kernel("vector_add");
    for (const std::uint32_t items : {1u, attributes_of(kernel).max_block_items}) {
      CAPTURE(items);
      std::uint32_t blocks = 0;
      expect_ok(call(table().kernel_occupancy, kernel, items, 0u, &blocks));
      CHECK(blocks >= 1);
    }
  });
}

TEST_CASE("kernel: occupancy of a block that can't run [negative]") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().kernel_occupancy, "kernel_occupancy")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = loaded.kernel("vector_add");
    std::uint32_t blocks = 0;
    expect_status(call(table().kernel_occupancy, kernel, UINT32_MAX, 0u, &blocks), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().kernel_occupancy, kernel, 1u, UINT64_MAX, &blocks), HAL_STATUS_OUT_OF_RANGE);
  });
}

TEST_CASE("kernel: attributes are written no further than a short record [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = loaded.kernel("vector_add");
    for (const std::size_t size : {offsetof(hal_kernel_attributes, subgroup_size),
                                   offsetof(hal_kernel_attributes, static_shared_memory)}) {
      alignas(8) unsigned char room[sizeof(hal_kernel_attributes)];
      std::memset(room, poison, sizeof room);
      const auto stated = static_cast<std::uint32_t>(size);
      std::memcpy(room, &stated, sizeof stated);
      expect_ok(call(table().kernel_attributes, kernel, reinterpret_cast<hal_kernel_attributes *>(room)));
      CHECK(std::all_of(room + size, room + sizeof room, [](auto byte) { return byte == poison; }));
    }
  });
}

TEST_CASE("kernel: a parameter beyond the last [negative]") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().kernel_parameter, "kernel_parameter")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = loaded.kernel("vector_add");
    const bool told = attributes_of(kernel).parameter_count != HAL_UNKNOWN_COUNT;
    hal_parameter parameter{};
    parameter.struct_size = sizeof parameter;
    for (const std::uint32_t index : {4u, UINT32_MAX}) {
      const answer given = call(table().kernel_parameter, kernel, index, &parameter);
      if (told) {
        expect_one_of(given, {HAL_STATUS_OUT_OF_RANGE, HAL_STATUS_UNSUPPORTED});
      } else {
        expect_status(given, HAL_STATUS_UNSUPPORTED);
      }
    }
  });
}

TEST_CASE("kernel: no kernel, no place for the answer [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  loaded_module loaded(device, kernel_formats().front(), "vector_add");
  hal_kernel *kernel = loaded.kernel("vector_add");
  hal_kernel_attributes attributes{};
  attributes.struct_size = sizeof attributes;
  expect_status(call(table().kernel_attributes, nullptr, &attributes), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().kernel_attributes, kernel, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  const std::uint32_t items[3] = {1, 1, 1};
  std::uint32_t block[3] = {};
  std::uint32_t blocks = 0;
  if (table().kernel_suggest_block != nullptr) {
    expect_status(call(table().kernel_suggest_block, nullptr, items, 0u, block), HAL_STATUS_INVALID_HANDLE);
    expect_status(call(table().kernel_suggest_block, kernel, items, 0u, nullptr),
                  HAL_STATUS_INVALID_ARGUMENT);
  }
  if (table().kernel_occupancy != nullptr) {
    expect_status(call(table().kernel_occupancy, nullptr, 1u, 0u, &blocks), HAL_STATUS_INVALID_HANDLE);
    expect_status(call(table().kernel_occupancy, kernel, 1u, 0u, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  }
}
