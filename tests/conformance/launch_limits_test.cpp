// launch: what is refused when it is submitted, and then does not run.
#include "tests/conformance/counting.hpp"
#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

TEST_CASE("launch: an extent of 0 [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    for (int axis = 0; axis < 3; ++axis) {
      auto no_grid = test.items({1, 1, 1}, {1, 1, 1});
      no_grid.record.grid[axis] = 0;
      expect_status(launch(test.on, test.kernel, no_grid), HAL_STATUS_INVALID_ARGUMENT);
      auto no_block = test.items({1, 1, 1}, {1, 1, 1});
      no_block.record.block[axis] = 0;
      expect_status(launch(test.on, test.kernel, no_block), HAL_STATUS_INVALID_ARGUMENT);
    }
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: a block beyond the device's limits [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    const auto refused = [&](extents block) {
      auto items = test.items({1, 1, 1}, block);
      expect_status(launch(test.on, test.kernel, items), HAL_STATUS_OUT_OF_RANGE);
    };
    for (std::size_t axis = 0; axis < 3; ++axis) {
      extents block = {1, 1, 1};
      if (description().max_block[axis] == UINT32_MAX) continue;
      block[axis] = description().max_block[axis] + 1;
      refused(block);
      block[axis] = UINT32_MAX;
      refused(block);
    }
    // Extents whose product wraps to 0 in 32 and in 64 bits.
    refused({65536, 65536, 1});
    refused({1u << 31, 1u << 31, 4});
    if (std::uint64_t{description().max_block[0]} * description().max_block[1] >
        description().max_block_items)
      refused({description().max_block[0], description().max_block[1], 1});
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: a grid beyond the device's limits [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  bool any = false;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (description().max_grid[axis] == UINT32_MAX) continue;
      any = true;
      extents grid = {1, 1, 1};
      grid[axis] = description().max_grid[axis] + 1;
      auto items = test.items(grid, {1, 1, 1});
      expect_status(launch(test.on, test.kernel, items), HAL_STATUS_OUT_OF_RANGE);
    }
    CHECK(test.counted() == 0);
  });
  if (!any) record_skip("every grid that can be written down is within the limits");
}

TEST_CASE("launch: more shared memory than there is [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    for (const std::uint64_t bytes : {description().max_dynamic_shared_memory + 1, UINT64_MAX}) {
      CAPTURE(bytes);
      if (bytes <= description().max_dynamic_shared_memory) continue;
      auto items = test.items({1, 1, 1}, {1, 1, 1});
      items.dynamic_shared_memory(bytes);
      expect_status(launch(test.on, test.kernel, items), HAL_STATUS_OUT_OF_RANGE);
    }
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: a block other than the one the kernel requires [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "required_block");
    hal_kernel *kernel = loaded.kernel("required_block");
    hal_kernel_attributes attributes{};
    attributes.struct_size = sizeof attributes;
    require_ok(call(table().kernel_attributes, kernel, &attributes));
    work right({1, 1, 1}, {8, 1, 1});
    expect_ok(launch(on, kernel, right));
    if (attributes.required_block[0] == 0) return;
    for (const extents &block : {extents{4, 1, 1}, extents{16, 1, 1}, extents{4, 2, 1}}) {
      work wrong({1, 1, 1}, block);
      expect_status(launch(on, kernel, wrong), HAL_STATUS_OUT_OF_RANGE);
    }
    finish(on);
  });
}

TEST_CASE("launch: too few or too many arguments [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    hal_kernel_attributes attributes{};
    attributes.struct_size = sizeof attributes;
    require_ok(call(table().kernel_attributes, test.kernel, &attributes));
    if (attributes.parameter_count == HAL_UNKNOWN_COUNT) return;
    work few({1, 1, 1}, {1, 1, 1});
    expect_status(launch(test.on, test.kernel, few), HAL_STATUS_INVALID_ARGUMENT);
    auto many = test.items({1, 1, 1}, {1, 1, 1});
    many.value(1u);
    expect_status(launch(test.on, test.kernel, many), HAL_STATUS_INVALID_ARGUMENT);
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: arguments of the wrong kind or size [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 256);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = loaded.kernel("vector_add");
    hal_parameter parameter{};
    parameter.struct_size = sizeof parameter;
    if (call(table().kernel_parameter, kernel, 3u, &parameter).status != HAL_STATUS_OK) return;
    work wide({1, 1, 1}, {1, 1, 1});
    wide.memory(memory).memory(memory).memory(memory).value(std::uint64_t{0}).typed();
    expect_status(launch(on, kernel, wide), HAL_STATUS_INVALID_ARGUMENT);
    work mixed({1, 1, 1}, {1, 1, 1});
    mixed.memory(memory).memory(memory).memory(memory).memory(memory).typed();
    expect_status(launch(on, kernel, mixed), HAL_STATUS_INVALID_ARGUMENT);
    work narrow({1, 1, 1}, {1, 1, 1});
    narrow.value(1u).memory(memory).memory(memory).value(0u).typed();
    expect_status(launch(on, kernel, narrow), HAL_STATUS_INVALID_ARGUMENT);
    finish(on);
  });
}

TEST_CASE("launch: arguments that are promised and missing [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({1, 1, 1}, {1, 1, 1});
    items.get();
    items.record.arguments = nullptr;
    expect_status(call(table().launch, test.on, test.kernel, &items.record), HAL_STATUS_INVALID_ARGUMENT);
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: a flag that does not exist [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({1, 1, 1}, {1, 1, 1});
    items.record.flags = 1u << 31;
    expect_status(launch(test.on, test.kernel, items), HAL_STATUS_INVALID_ARGUMENT);
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: no stream, no kernel, no record [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({1, 1, 1}, {1, 1, 1});
    expect_status(launch(nullptr, test.kernel, items), HAL_STATUS_INVALID_HANDLE);
    expect_status(launch(test.on, nullptr, items), HAL_STATUS_INVALID_HANDLE);
    expect_status(call(table().launch, test.on, test.kernel, nullptr), HAL_STATUS_INVALID_ARGUMENT);
    CHECK(test.counted() == 0);
  });
}

TEST_CASE("launch: another opening's kernel [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  opened_device other;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    loaded_module foreign(other, format, "count");
    auto items = test.items({1, 1, 1}, {1, 1, 1});
    expect_status(launch(test.on, foreign.kernel("count"), items), HAL_STATUS_INVALID_HANDLE);
    CHECK(test.counted() == 0);
  });
}
