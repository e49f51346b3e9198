#include "tests/conformance/features.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "tests/conformance/kernels.hpp"
#include "tests/conformance/verdicts.hpp"

namespace conformance {
namespace {

void nothing(void *) {}

// Features that promise a property or a difference and no entry.
answer not_an_entry() {
  answer none;
  none.status = HAL_STATUS_UNSUPPORTED;
  none.absent = true;
  return none;
}

answer allocate(hal_memory_kind kind, std::uint32_t flags = 0) {
  opened_device device;
  hal_memory_options options = memory_options(4096, kind);
  options.flags = flags;
  hal_memory *memory = nullptr;
  const answer given = call(table().memory_allocate, device, &options, &memory);
  if (given.status == HAL_STATUS_OK) call(table().memory_free, device, memory);
  return given;
}

answer ask_kernels() {
  opened_device device;
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = "native";
  source.bytes = "no module";
  source.size = 9;
  hal_module *module = nullptr;
  return call(table().module_load, device, &source, &module);
}

answer ask_stream_allocation() {
  opened_device device;
  stream on(device);
  const hal_memory_options options = memory_options(4096);
  hal_memory *memory = nullptr;
  return call(table().memory_allocate_async, on, &options, &memory);
}

// Memory that no flag made exportable. Where the device has the kind by the other feature, which needs memory
// of its own, nothing is promised of this one.
answer ask_export(hal_external_kind kind, std::uint64_t otherwise) {
  if (has(otherwise)) return not_an_entry();
  opened_device device;
  buffer memory(device, 4096);
  hal_external_handle handle{};
  handle.struct_size = sizeof handle;
  return call(table().memory_export, device, memory, kind, &handle);
}

answer ask_peer_access() {
  opened_device device;
  opened_device other;
  return call(table().peer_enable, device, other);
}

answer ask_pointer() {
  opened_device device;
  hal_pointer_info info{};
  info.struct_size = sizeof info;
  return call(table().pointer_info, device, reinterpret_cast<std::uintptr_t>(&info), &info);
}

answer ask_adopt_memory() {
  opened_device device;
  alignas(4096) static unsigned char page[4096];
  hal_memory *memory = nullptr;
  return call(table().memory_adopt, device, HAL_MEMORY_HOST, reinterpret_cast<std::uintptr_t>(page), 4096u,
              &memory);
}

answer ask_adopt_stream() {
  opened_device device;
  int something = 0;
  hal_stream *made = nullptr;
  return call(table().stream_adopt, device, &something, &made);
}

answer ask_adopt_context() {
  int something = 0;
  hal_open_options options{};
  options.struct_size = sizeof options;
  options.native_context = &something;
  hal_device *made = nullptr;
  return call(plugin().open, the_subject().host(), the_subject().index(), &options, &made);
}

answer ask_timestamps() {
  opened_device device;
  event start(device);
  event end(device);
  std::int64_t nanoseconds = 0;
  return call(table().event_elapsed, start, end, &nanoseconds);
}

answer ask_host_functions() {
  opened_device device;
  stream on(device);
  return call(table().stream_host_function, on, &nothing, nullptr);
}

answer ask_graphs() {
  opened_device device;
  stream on(device);
  return call(table().graph_begin_capture, on);
}

answer ask_graph_update() {
  answer given;
  given.status = HAL_STATUS_UNSUPPORTED;
  given.absent = true;
  if (!has(HAL_FEATURE_GRAPHS)) return given;
  opened_device device;
  stream on(device);
  hal_graph *recorded = nullptr;
  hal_graph_executable *ready = nullptr;
  require_ok(call(table().graph_begin_capture, on));
  require_ok(call(table().graph_end_capture, on, &recorded));
  require_ok(call(table().graph_instantiate, device, recorded, &ready));
  given = call(table().graph_update, ready, recorded);
  expect_ok(call(table().graph_executable_destroy, device, ready));
  expect_ok(call(table().graph_destroy, device, recorded));
  return given;
}

answer ask_copy_2d() {
  opened_device device;
  stream on(device);
  buffer memory(device, 256);
  hal_copy_2d copy{};
  copy.struct_size = sizeof copy;
  copy.destination = {memory, 0, nullptr, 16};
  copy.source = {memory, 128, nullptr, 16};
  copy.width = 8;
  copy.height = 4;
  const answer given = call(table().copy_2d, on, &copy);
  expect_status(call(table().fill_2d, on, memory, 0u, 16u, 8u, 4u, 0u, 1u), HAL_STATUS_UNSUPPORTED);
  return given;
}

answer ask_peer_copy() {
  opened_device device;
  opened_device other;
  stream on(device);
  buffer here(device, 64);
  buffer there(other, 64);
  return call(table().copy_peer, on, here, 0u, there, 0u, 64u);
}

answer ask_metrics() {
  hal_metrics figures{};
  figures.struct_size = sizeof figures;
  return call(plugin().metrics, the_subject().index(), &figures);
}

answer ask_module_binary() {
  if (table().module_binary == nullptr || kernel_formats().empty()) return not_an_entry();
  opened_device device;
  loaded_module loaded(device, kernel_formats().front(), "nothing");
  hal_module_binary binary{};
  binary.struct_size = sizeof binary;
  return call(table().module_binary, loaded, &binary);
}

struct feature_row {
  std::uint64_t bit;
  const char *name;
  answer (*ask)();
};

const feature_row features[] = {
    {HAL_FEATURE_KERNELS, "KERNELS", ask_kernels},
    {HAL_FEATURE_HOST_MEMORY, "HOST_MEMORY", [] { return allocate(HAL_MEMORY_HOST); }},
    {HAL_FEATURE_SHARED_MEMORY, "SHARED_MEMORY", [] { return allocate(HAL_MEMORY_SHARED); }},
    {HAL_FEATURE_ADDRESSES, "ADDRESSES", not_an_entry},
    {HAL_FEATURE_STREAM_ALLOCATION, "STREAM_ALLOCATION", ask_stream_allocation},
    {HAL_FEATURE_EXPORT_FD, "EXPORT_FD",
     [] { return ask_export(HAL_EXTERNAL_FD, HAL_FEATURE_MEMORY_EXPORT_FD); }},
    {HAL_FEATURE_EXPORT_DMA_BUF, "EXPORT_DMA_BUF",
     [] { return ask_export(HAL_EXTERNAL_DMA_BUF, HAL_FEATURE_MEMORY_EXPORT_DMA_BUF); }},
    {HAL_FEATURE_EXPORT_IPC, "EXPORT_IPC",
     [] { return ask_export(HAL_EXTERNAL_IPC, HAL_FEATURE_MEMORY_EXPORT_IPC); }},
    {HAL_FEATURE_MEMORY_EXPORT_FD, "MEMORY_EXPORT_FD",
     [] { return allocate(HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORT_FD); }},
    {HAL_FEATURE_MEMORY_EXPORT_DMA_BUF, "MEMORY_EXPORT_DMA_BUF",
     [] { return allocate(HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORT_DMA_BUF); }},
    {HAL_FEATURE_MEMORY_EXPORT_IPC, "MEMORY_EXPORT_IPC",
     [] { return allocate(HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORT_IPC); }},
    {HAL_FEATURE_SEPARATE_FAILURES, "SEPARATE_FAILURES", not_an_entry},
    {HAL_FEATURE_PEER_ACCESS, "PEER_ACCESS", ask_peer_access},
    {HAL_FEATURE_POINTER_QUERY, "POINTER_QUERY", ask_pointer},
    {HAL_FEATURE_ADOPT_MEMORY, "ADOPT_MEMORY", ask_adopt_memory},
    {HAL_FEATURE_ADOPT_STREAM, "ADOPT_STREAM", ask_adopt_stream},
    {HAL_FEATURE_ADOPT_CONTEXT, "ADOPT_CONTEXT", ask_adopt_context},
    {HAL_FEATURE_TIMESTAMPS, "TIMESTAMPS", ask_timestamps},
    {HAL_FEATURE_HOST_FUNCTIONS, "HOST_FUNCTIONS", ask_host_functions},
    {HAL_FEATURE_COOPERATIVE_LAUNCH, "COOPERATIVE_LAUNCH", not_an_entry},
    {HAL_FEATURE_GRAPHS, "GRAPHS", ask_graphs},
    {HAL_FEATURE_GRAPH_UPDATE, "GRAPH_UPDATE", ask_graph_update},
    {HAL_FEATURE_COPY_2D, "COPY_2D", ask_copy_2d},
    {HAL_FEATURE_PEER_COPY, "PEER_COPY", ask_peer_copy},
    {HAL_FEATURE_METRICS, "METRICS", ask_metrics},
    {HAL_FEATURE_MODULE_BINARY, "MODULE_BINARY", ask_module_binary},
};

}  // namespace

void record_skip(const std::string &reason) {
  the_verdicts().skip(reason);
}

bool skip_without(std::uint64_t feature, const char *file, int line) {
  if (has(feature)) return false;
  const auto row = std::find_if(std::begin(features), std::end(features),
                                [&](const feature_row &one) { return one.bit == feature; });
  if (row == std::end(features)) {
    fail_at(file, line, "the suite asks for a feature that it does not know");
    return true;
  }
  expect_status(row->ask(), HAL_STATUS_UNSUPPORTED, file, line);
  record_skip(std::string("the device has no HAL_FEATURE_") + row->name);
  return true;
}

bool skip_unsupported(const answer &given, const char *name) {
  if (given.status != HAL_STATUS_UNSUPPORTED) return false;
  expect_status(given, HAL_STATUS_UNSUPPORTED);
  record_skip(std::string(name) + " answers UNSUPPORTED here");
  return true;
}

}  // namespace conformance
