// Walks through a plugin's table on two devices, for fault_test.cpp: each in a process of its own, with an
// environment variable telling the stand-in what to fail. Whatever fails must say so properly, everything
// that was made must be given back, and the second device must work.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "hal/abi/plugin.h"
#include "tests/sim/common/scenario.hpp"

namespace {

int faults = 0;
bool loses = false;  // something is lost on purpose
int failures = 0;
hal_status first_failure = HAL_STATUS_OK;

void complain(const char *what, const char *text) {
  std::printf("%s: %s\n", what, text);
  ++faults;
}

// Calls an entry; a failure must fill the error record. An entry that is left out is unsupported.
template <typename... Parameters, typename... Arguments>
hal_status call(const char *what, hal_status (*entry)(Parameters...), Arguments... arguments) {
  if (entry == nullptr) return HAL_STATUS_UNSUPPORTED;
  hal_error error{};
  error.struct_size = sizeof error;
  const hal_status status = entry(arguments..., &error);
  if (status == HAL_STATUS_OK || status == HAL_STATUS_NOT_READY) return status;
  if (error.status != status || error.message[0] == '\0')
    complain(what, "failed without filling the error record");
  if (status != HAL_STATUS_UNSUPPORTED) {
    ++failures;
    if (first_failure == HAL_STATUS_OK) first_failure = status;
    std::printf("%s: status %d: %s\n", what, status, error.message);
  }
  return status;
}

void ignore(void *, hal_log_level, const char *) {}
void count(void *user) {
  ++*static_cast<int *>(user);
}

constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};
const hal_plugin *plugin;
const hal_device_table *table;

// Undoes what was made, last first.
class cleanup {
 public:
  ~cleanup() {
    while (!steps_.empty()) {
      steps_.back()();
      steps_.pop_back();
    }
  }
  template <typename Object, typename Entry>
  void add(const char *what, Entry entry, hal_device *device, Object *object) {
    steps_.push_back([=] { call(what, entry, device, object); });
  }

 private:
  std::vector<std::function<void()>> steps_;
};

hal_memory *allocate(cleanup &later, hal_device *device, hal_memory_kind kind, std::uint32_t flags = 0) {
  const hal_memory_options options{sizeof options, kind, 8192, 0, flags, 0};
  hal_memory *made = nullptr;
  if (call("memory_allocate", table->memory_allocate, device, &options, &made) == HAL_STATUS_OK)
    later.add("memory_free", table->memory_free, device, made);
  return made;
}

void use_memory(cleanup &later, hal_device *device, hal_stream *on, hal_memory *memory) {
  static unsigned char bytes[8192];
  call("copy_to_device", table->copy_to_device, on, memory, 0u, static_cast<const void *>(bytes), 8192u);
  for (const std::uint32_t width : {1u, 2u, 4u}) {
    call("fill", table->fill, on, memory, 0u, 4096u, 7u, width);
    call("fill_2d", table->fill_2d, on, memory, 0u, 64u, 32u, 4u, 7u, width);
  }
  call("copy", table->copy, on, memory, 0u, memory, 4096u, 4096u);
  hal_copy_2d copy{};
  copy.struct_size = sizeof copy;
  copy.destination = {memory, 0, nullptr, 64};
  copy.source = {memory, 4096, nullptr, 64};
  copy.width = 32;
  copy.height = 4;
  call("copy_2d", table->copy_2d, on, static_cast<const hal_copy_2d *>(&copy));
  copy.source = {nullptr, 0, bytes, 64};
  call("copy_2d from the host", table->copy_2d, on, static_cast<const hal_copy_2d *>(&copy));
  std::swap(copy.source, copy.destination);
  call("copy_2d to the host", table->copy_2d, on, static_cast<const hal_copy_2d *>(&copy));
  call("copy_to_host", table->copy_to_host, on, static_cast<void *>(bytes), memory, 0u, 8192u);
  call("stream_synchronize", table->stream_synchronize, on, HAL_NO_TIMEOUT);
  void *mapped = nullptr;
  if (call("memory_map", table->memory_map, device, memory, 0u, 4096u, std::uint32_t{HAL_MAP_READ},
           &mapped) == HAL_STATUS_OK)
    call("memory_unmap", table->memory_unmap, device, memory);
  hal_pointer_info info{};
  info.struct_size = sizeof info;
  call("pointer_info", table->pointer_info, device, memory->address, &info);
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  call("memory_info", table->memory_info, device, &free, &total);
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 4096, 0, 0, 0};
  hal_memory *ordered = nullptr;
  if (call("memory_allocate_async", table->memory_allocate_async, on, &options, &ordered) == HAL_STATUS_OK &&
      call("memory_free_async", table->memory_free_async, on, ordered) == HAL_STATUS_INVALID_HANDLE)
    complain("memory_free_async", "does not know what memory_allocate_async made");
  alignas(4096) static unsigned char page[4096];
  hal_memory *adopted = nullptr;
  if (call("memory_adopt", table->memory_adopt, device, HAL_MEMORY_HOST,
           reinterpret_cast<std::uintptr_t>(page), 4096u, &adopted) == HAL_STATUS_OK)
    later.add("memory_free of adopted", table->memory_free, device, adopted);
}

void share_memory(cleanup &later, hal_device *device) {
  constexpr struct {
    std::uint32_t flag;
    hal_external_kind kind;
  } kinds[] = {{HAL_MEMORY_EXPORTABLE, HAL_EXTERNAL_FD},
               {HAL_MEMORY_EXPORT_DMA_BUF, HAL_EXTERNAL_DMA_BUF},
               {HAL_MEMORY_EXPORT_IPC, HAL_EXTERNAL_IPC}};
  for (const auto &[flag, kind] : kinds) {
    hal_memory *memory = allocate(later, device, HAL_MEMORY_DEVICE, flag);
    if (memory == nullptr) continue;
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    if (call("memory_export", table->memory_export, device, memory, kind, &handle) != HAL_STATUS_OK) continue;
    if (kind == HAL_EXTERNAL_IPC) continue;  // the driver refuses it to the process that exported it
    hal_memory *imported = nullptr;
    const hal_status got = call("memory_import", table->memory_import, device,
                                static_cast<const hal_external_handle *>(&handle), &imported);
    if (got == HAL_STATUS_OK) later.add("memory_free of imported", table->memory_free, device, imported);
    if (handle.fd >= 0) close(handle.fd);
  }
}

void use_kernels(cleanup &later, hal_device *device, hal_stream *on, hal_memory *memory) {
  hal_module_source source{};
  source.struct_size = sizeof source;
  const sim::scenario_module kernels = sim::scenario_kernels();
  if (kernels.size == 0) return;
  source.format = kernels.format;
  source.bytes = kernels.bytes;
  source.size = kernels.size;
  hal_module *module = nullptr;
  if (call("module_load", table->module_load, device, &source, &module) != HAL_STATUS_OK) return;
  later.add("module_unload", table->module_unload, device, module);
  source.flags = HAL_MODULE_KEEP_BINARY;
  hal_module *kept = nullptr;
  if (call("module_load, kept", table->module_load, device, &source, &kept) == HAL_STATUS_OK) {
    later.add("module_unload of kept", table->module_unload, device, kept);
    hal_module_binary binary{};
    binary.struct_size = sizeof binary;
    call("module_binary", table->module_binary, kept, &binary);
  }
  hal_kernel *kernel = nullptr;
  if (call("module_kernel", table->module_kernel, module, "count", &kernel) != HAL_STATUS_OK) return;
  const std::uint32_t items[3] = {100, 1, 1};
  std::uint32_t block[3] = {};
  std::uint32_t blocks = 0;
  call("kernel_suggest_block", table->kernel_suggest_block, kernel, items, 0u, block);
  call("kernel_occupancy", table->kernel_occupancy, kernel, 32u, 0u, &blocks);
  void *arguments[] = {memory};
  hal_launch launch{sizeof launch, 0, {1, 1, 1}, {32, 1, 1}, 0, 1, 0, arguments, nullptr};
  call("launch", table->launch, on, kernel, static_cast<const hal_launch *>(&launch));
  launch.flags = HAL_LAUNCH_COOPERATIVE;
  call("launch, cooperative", table->launch, on, kernel, static_cast<const hal_launch *>(&launch));
}

void use_graphs(cleanup &later, hal_device *device, hal_stream *on, hal_memory *memory) {
  if (call("graph_begin_capture", table->graph_begin_capture, on) != HAL_STATUS_OK) return;
  for (std::uint32_t i = 0; i < 4; ++i) call("fill, captured", table->fill, on, memory, i * 64u, 64u, i, 1u);
  hal_graph *graph = nullptr;
  if (call("graph_end_capture", table->graph_end_capture, on, &graph) != HAL_STATUS_OK) return;
  later.add("graph_destroy", table->graph_destroy, device, graph);
  hal_graph_executable *ready = nullptr;
  if (call("graph_instantiate", table->graph_instantiate, device, graph, &ready) != HAL_STATUS_OK) return;
  later.add("graph_executable_destroy", table->graph_executable_destroy, device, ready);
  call("graph_update", table->graph_update, ready, graph);
  call("graph_launch", table->graph_launch, ready, on);
  call("graph_launch, again", table->graph_launch, ready, on);
}

void use_events(cleanup &later, hal_device *device, hal_stream *on) {
  const hal_event_options options{sizeof options, HAL_EVENT_TIMING};
  hal_event *event = nullptr;
  if (call("event_create", table->event_create, device, &options, &event) != HAL_STATUS_OK) return;
  later.add("event_destroy", table->event_destroy, device, event);
  call("event_record", table->event_record, event, on);
  call("stream_wait_event", table->stream_wait_event, on, event);
  call("event_query", table->event_query, event);
  call("event_synchronize", table->event_synchronize, event, HAL_NO_TIMEOUT);
  std::int64_t elapsed = 0;
  call("event_elapsed", table->event_elapsed, event, event, &elapsed);
}

void use_peer(hal_device *device, hal_device *peer, hal_stream *on, hal_memory *memory) {
  hal_peer_info info{};
  info.struct_size = sizeof info;
  call("peer_info", table->peer_info, device, peer, &info);
  cleanup later;
  if (hal_memory *theirs = allocate(later, peer, HAL_MEMORY_DEVICE))
    call("copy_peer", table->copy_peer, on, memory, 0u, theirs, 0u, 64u);
  if (call("peer_enable", table->peer_enable, device, peer) == HAL_STATUS_OK)
    call("peer_disable", table->peer_disable, device, peer);
}

void use_device(hal_device *device, hal_device *peer) {
  cleanup later;
  hal_stream *on = nullptr;
  if (call("stream_create", table->stream_create, device, nullptr, &on) != HAL_STATUS_OK) return;
  later.add("stream_destroy", table->stream_destroy, device, on);
  hal_memory *memory = allocate(later, device, HAL_MEMORY_DEVICE);
  allocate(later, device, HAL_MEMORY_HOST);
  allocate(later, device, HAL_MEMORY_SHARED);
  share_memory(later, device);
  use_events(later, device, on);
  static int calls = 0;
  call("stream_host_function", table->stream_host_function, on, &count, static_cast<void *>(&calls));
  if (memory != nullptr) {
    use_memory(later, device, on, memory);
    use_kernels(later, device, on, memory);
    use_graphs(later, device, on, memory);
    if (peer != nullptr) use_peer(device, peer, on, memory);
  }
  void *native = nullptr;
  if (call("native_handle", table->native_handle, device, HAL_OBJECT_STREAM, static_cast<const void *>(on),
           &native) == HAL_STATUS_OK) {
    hal_stream *adopted = nullptr;
    if (call("stream_adopt", table->stream_adopt, device, native, &adopted) == HAL_STATUS_OK)
      later.add("stream_destroy of adopted", table->stream_destroy, device, adopted);
  }
  call("stream_query", table->stream_query, on);
  call("stream_synchronize", table->stream_synchronize, on, HAL_NO_TIMEOUT);
  call("device_synchronize", table->device_synchronize, device, 10'000'000'000u);
}

hal_device *open(std::uint32_t index) {
  hal_device *device = nullptr;
  call("open", plugin->open, &host, index, nullptr, &device);
  return device;
}

void close_device(hal_device *device) {
  if (device != nullptr && call("device_close", table->device_close, device) == HAL_STATUS_BUSY)
    complain("device_close", "something that was made could not be given back");
}

// A round trip, as a program would make it that knows nothing of what happened before.
bool works(std::uint32_t index) {
  const int before = failures;
  hal_device *device = open(index);
  if (device == nullptr) return false;
  use_device(device, nullptr);
  close_device(device);
  return failures == before;
}

std::uint64_t left_behind() {
  void *library = dlopen(sim::scenario_library, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (library == nullptr) return 0;
  const auto ask = reinterpret_cast<std::uint64_t (*)()>(dlsym(library, sim::scenario_left_behind));
  return ask == nullptr ? 0 : ask();
}

std::uint32_t probe() {
  std::uint32_t devices = 0;
  call("probe", plugin->probe, &host, &devices);
  return devices;
}

void describe_all(std::uint32_t devices) {
  for (std::uint32_t index = 0; index < devices; ++index) {
    hal_device_description facts{};
    facts.struct_size = sizeof facts;
    call("describe", plugin->describe, index, &facts);
    hal_metrics figures{};
    figures.struct_size = sizeof figures;
    call("metrics", plugin->metrics, index, &figures);
    std::uint32_t properties = 0;
    call("properties", plugin->properties, index, nullptr, 0u, &properties);
  }
}

bool holds(const std::string &wishes, const char *name) {
  std::istringstream words(wishes);
  for (std::string one; words >> one;) {
    if (one == name) return true;
  }
  return false;
}

// "other" wants the second device to work afterwards, "again" that the first one works when it is opened
// anew, "leaks" that nothing is left behind. Prints "failures N first STATUS"; answers an exit code.
int walk(const std::string &wishes) {
  std::uint32_t devices = probe();
  if (devices == 0) devices = probe();  // what failed once is tried again
  describe_all(devices);
  if (devices == 2) {
    hal_device *first = open(0);
    hal_device *second = open(1);
    if (first != nullptr) use_device(first, second);
    close_device(first);
    close_device(second);
  }
  std::printf("failures %d first %d\n", failures, first_failure);
  if (holds(wishes, "other") && !works(1)) complain("the second device", "does not work");
  if (holds(wishes, "again") && !works(0)) complain("the first device, opened anew,", "does not work");
  if (holds(wishes, "leaks") && left_behind() != 0)
    complain("left behind", std::to_string(left_behind()).c_str());
  std::fflush(stdout);
  return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int serve(const char *variable) {
  for (std::string machine, wishes; std::getline(std::cin, machine) && std::getline(std::cin, wishes);) {
    const pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
      setenv(variable, machine.c_str(), 1);
      loses = holds(wishes, "loses");
      return walk(wishes);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::printf("\n%c%d\n", sim::end_of_walk,
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    std::fflush(stdout);
  }
  return EXIT_SUCCESS;
}

}  // namespace

// Asked by the leak checker, where there is one.
extern "C" int __lsan_is_turned_off() {
  return loses ? 1 : 0;
}

// scenario PLUGIN [other] [again] [leaks]: one walk.
// scenario PLUGIN serve VARIABLE: reads requests of two lines, the stand-in's configuration and the wishes,
// and forks a process for each: the plugin is loaded once, and what is below it by each process for itself.
// Behind what a process prints comes a line with sim::end_of_walk and its exit code, 128 + signal when one
// ended it. With the wish "loses" a process does not look for leaks of its own.
int main(int argc, char **argv) {
  if (argc < 2) return 2;
  void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  const auto query =
      object == nullptr ? nullptr
                        : reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  if (query == nullptr) return 2;
  plugin = query(&host);
  table = plugin->device;
  const std::vector<std::string> words(argv + 2, argv + argc);
  if (words.size() == 2 && words[0] == "serve") return serve(words[1].c_str());
  std::string wishes;
  for (const std::string &one : words) wishes += one + " ";
  return walk(wishes);
}
