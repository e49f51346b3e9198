// launch: grids and blocks, shared memory, arguments.
#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/conformance/counting.hpp"
#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

// Runs fill_index and compares with the same sums done here.
void check_mapping(hal_device *device, const kernel_format &format, extents grid, extents block) {
  std::size_t width = std::size_t{grid[0]} * block[0];
  std::size_t height = std::size_t{grid[1]} * block[1];
  std::size_t depth = std::size_t{grid[2]} * block[2];
  CAPTURE(width);
  CAPTURE(height);
  CAPTURE(depth);
  stream on(device);
  buffer out(device, width * height * depth * 4);
  fill(on, out, 0xff);
  loaded_module loaded(device, format, "fill_index");
  work items(grid, block);
  items.memory(out);
  require_ok(launch(on, loaded.kernel("fill_index"), items));
  std::vector<std::uint32_t> expected(width * height * depth);
  const std::uint32_t block_items = block[0] * block[1] * block[2];
  for (std::size_t z = 0; z < depth; ++z) {
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        const std::size_t block_index = (z / block[2] * grid[1] + y / block[1]) * grid[0] + x / block[0];
        const std::size_t local = (z % block[2] * block[1] + y % block[1]) * block[0] + x % block[0];
        expected[(z * height + y) * width + x] =
            static_cast<std::uint32_t>(block_index * block_items + local);
      }
    }
  }
  expect_equal(download<std::uint32_t>(on, out, expected.size()), expected);
}

struct sixteen {
  std::uint64_t low, high;
};
struct sixty_four {
  std::uint8_t bytes[64];
};

}  // namespace

TEST_CASE("launch: maps grids and blocks of one dimension") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    check_mapping(device, format, {1, 1, 1}, {1, 1, 1});
    check_mapping(device, format, {37, 1, 1}, {1, 1, 1});
    check_mapping(device, format, {1, 1, 1}, {std::min(33u, largest_block_x()), 1, 1});
    check_mapping(device, format, {13, 1, 1}, {std::min(32u, largest_block_x()), 1, 1});
  });
}

TEST_CASE("launch: maps grids and blocks of two dimensions") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    check_mapping(device, format, {5, 3, 1}, {1, 1, 1});
    check_mapping(device, format, {3, 5, 1}, {8, 2, 1});
    check_mapping(device, format, {1, 7, 1}, {1, 16, 1});
  });
}

TEST_CASE("launch: maps grids and blocks of three dimensions") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    check_mapping(device, format, {3, 4, 5}, {1, 1, 1});
    check_mapping(device, format, {2, 3, 4}, {4, 2, 2});
    check_mapping(device, format, {1, 1, 9}, {2, 3, 4});
  });
}

TEST_CASE("launch: the largest block that the device has") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({2, 1, 1}, {largest_block_x(), 1, 1});
    expect_ok(launch(test.on, test.kernel, items));
    CHECK(test.counted() == 2 * largest_block_x());
  });
}

TEST_CASE("launch: a hundred thousand blocks") {
  if (skip_without_kernels()) return;
  if (description().max_grid[0] < 100'000) return record_skip("the device's largest grid is smaller");
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({100'000, 1, 1}, {2, 1, 1});
    expect_ok(launch(test.on, test.kernel, items));
    CHECK(test.counted() == 200'000);
  });
}

TEST_CASE("launch: vector add with a tail") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  constexpr std::uint32_t count = 10007;
  std::vector<float> left(count);
  std::vector<float> right(count);
  std::vector<float> expected(count + 100, -1.0f);
  for (std::uint32_t i = 0; i < count; ++i) {
    left[i] = static_cast<float>(i);
    right[i] = static_cast<float>(3 * i);
    expected[i] = static_cast<float>(4 * i);
  }
  buffer a(device, count * 4);
  buffer b(device, count * 4);
  buffer sum(device, (count + 100) * 4);
  upload(on, a, left);
  upload(on, b, right);
  on_each_format([&](const kernel_format &format) {
    upload(on, sum, std::vector<float>(count + 100, -1.0f));
    loaded_module loaded(device, format, "vector_add");
    work items({(count + 63) / 64, 1, 1}, {64, 1, 1});
    items.memory(a).memory(b).memory(sum).value(count).typed();
    expect_ok(launch(on, loaded.kernel("vector_add"), items));
    expect_equal(download<float>(on, sum, count + 100), expected);
  });
}

TEST_CASE("launch: items of a block exchange through static shared memory") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer data(device, 10 * 64 * 4);
  std::vector<std::uint32_t> values(640);
  std::iota(values.begin(), values.end(), 7u);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "reverse_block");
    for (const std::uint32_t extent : {64u, 32u, 1u}) {
      CAPTURE(extent);
      upload(on, data, values);
      work items({640 / extent, 1, 1}, {extent, 1, 1});
      items.memory(data);
      expect_ok(launch(on, loaded.kernel("reverse_block"), items));
      auto expected = values;
      for (auto first = expected.begin(); first != expected.end(); first += extent)
        std::reverse(first, first + extent);
      expect_equal(download<std::uint32_t>(on, data, 640), expected);
    }
  });
}

TEST_CASE("launch: block sums through dynamic shared memory") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer in(device, 1024 * 4);
  buffer sums(device, 16 * 4);
  std::vector<std::uint32_t> values(1024);
  std::iota(values.begin(), values.end(), 1u);
  upload(on, in, values);
  std::vector<std::uint32_t> expected(16);
  for (std::size_t i = 0; i < 16; ++i) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(64 * i);
    expected[i] = std::accumulate(first, first + 64, 0u);
  }
  on_each_format([&](const kernel_format &format) {
    if (format.dynamic_shared) {
      fill(on, sums, 0);
      loaded_module loaded(device, format, "block_sum");
      work items({16, 1, 1}, {64, 1, 1});
      items.memory(in).memory(sums).dynamic_shared_memory(64 * 4);
      expect_ok(launch(on, loaded.kernel("block_sum"), items));
      expect_equal(download<std::uint32_t>(on, sums, 16), expected);
    }
    if (!format.shared_arguments) return;
    fill(on, sums, 0);
    loaded_module by_argument(device, format, "block_sum_argument");
    work shared({16, 1, 1}, {64, 1, 1});
    shared.memory(in).memory(sums).shared(64 * 4).typed();
    expect_ok(launch(on, by_argument.kernel("block_sum_argument"), shared));
    expect_equal(download<std::uint32_t>(on, sums, 16), expected);
  });
}

TEST_CASE("launch: arguments of all sizes, aligned as declared") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer out(device, 96);
  const auto bytes = pattern(95);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "mixed_arguments");
    for (const bool typed : {false, true}) {
      fill(on, out, 0xff);
      std::uint8_t one;
      std::uint16_t two;
      std::uint32_t four;
      std::uint64_t eight;
      sixteen pair;
      sixty_four many;
      const auto *from = bytes.data();
      const auto take = [&](auto &value) {
        std::memcpy(&value, from, sizeof value);
        from += sizeof value;
      };
      take(one);
      take(two);
      take(four);
      take(eight);
      take(pair);
      take(many);
      work items({1, 1, 1}, {1, 1, 1});
      items.value(one).value(two).value(four).memory(out).value(eight).value(pair).value(many);
      if (typed) items.typed();
      expect_ok(launch(on, loaded.kernel("mixed_arguments"), items));
      auto expected = bytes;
      expected.push_back(0);
      expect_equal(download(on, out, 96), expected);
    }
  });
}

TEST_CASE("launch: arguments are read during the call only") {
  if (skip_without_kernels()) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  buffer out(device, 4);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "spin");
    hal_kernel *kernel = loaded.kernel("spin");
    work warm({1, 1, 1}, {1, 1, 1});
    warm.value(0u).memory(out).value(1u);
    expect_ok(launch(on, kernel, warm));
    finish(on);
    gate closed(on);
    work items({1, 1, 1}, {1, 1, 1});
    items.value(0u).memory(out).value(0x12345678u).typed();
    expect_ok(launch(on, kernel, items));
    items.destroy_arguments();
    items.record.grid[0] = 0;
    closed.open();
    expect_equal(download<std::uint32_t>(on, out, 1), {0x12345678u});
  });
}

TEST_CASE("launch: no arguments at all") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "nothing");
    work items({4, 1, 1}, {1, 1, 1});
    items.get();
    items.record.arguments = nullptr;
    expect_ok(call(table().launch, on, loaded.kernel("nothing"), &items.record));
    finish(on);
  });
}

TEST_CASE("launch: returns while the kernel still waits to run") {
  if (skip_without_kernels()) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto warm = test.items({1, 1, 1}, {1, 1, 1});
    expect_ok(launch(test.on, test.kernel, warm));
    finish(test.on);
    gate closed(test.on);
    auto items = test.items({1, 1, 1}, {4, 1, 1});
    for (int i = 0; i < 50; ++i) expect_ok(launch(test.on, test.kernel, items));
    expect_not_ready(call(table().stream_query, test.on));
    closed.open();
    CHECK(test.counted() == 201);
  });
}

TEST_CASE("launch: a slow kernel holds its stream") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer out(device, 4);
  buffer copied(device, 4);
  fill(on, out, 0);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "spin");
    work items({1, 1, 1}, {1, 1, 1});
    items.value(5000u).memory(out).value(77u);
    expect_ok(launch(on, loaded.kernel("spin"), items));
    expect_ok(call(table().copy, on, copied, 0u, out, 0u, 4u));
    expect_equal(download<std::uint32_t>(on, copied, 1), {77u});
  });
}

TEST_CASE("launch: host and shared memory as arguments") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  bool any = false;
  for (const auto &[kind, feature] : {std::pair{HAL_MEMORY_HOST, HAL_FEATURE_HOST_MEMORY},
                                      std::pair{HAL_MEMORY_SHARED, HAL_FEATURE_SHARED_MEMORY}}) {
    if (!has(feature)) continue;
    any = true;
    buffer out(device, 4096, static_cast<hal_memory_kind>(kind));
    on_each_format([&](const kernel_format &format) {
      std::memset(out->host, 0xff, 4096);
      loaded_module loaded(device, format, "fill_index");
      work items({32, 1, 1}, {32, 1, 1});
      items.memory(out);
      expect_ok(launch(on, loaded.kernel("fill_index"), items));
      finish(on);
      const auto *seen = static_cast<const std::uint32_t *>(out->host);
      std::vector<std::uint32_t> expected(1024);
      std::iota(expected.begin(), expected.end(), 0u);
      expect_equal(std::vector<std::uint32_t>(seen, seen + 1024), expected);
    });
  }
  if (!any) skip_without(HAL_FEATURE_HOST_MEMORY);
}

TEST_CASE("launch: cooperative, when the device can, and refused when it can't") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    counting test(device, format);
    auto items = test.items({2, 1, 1}, {1, 1, 1});
    items.record.flags = HAL_LAUNCH_COOPERATIVE;
    const answer given = launch(test.on, test.kernel, items);
    if (!has(HAL_FEATURE_COOPERATIVE_LAUNCH)) return expect_status(given, HAL_STATUS_UNSUPPORTED);
    expect_ok(given);
    CHECK(test.counted() == 2);
  });
}
