// A plugin that is wrong on purpose: it forwards to the plugin named by HAL_MUTANT_PLUGIN, except for the one
// fault named by HAL_MUTANT_FAULT. The suite must find each of them; "none" must pass as the plugin itself.
// What each fault does stands beside it; which case finds it stands in faults.txt.
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "hal/abi/plugin.h"

namespace {

struct tables {
  hal_plugin plugin{};
  hal_device_table device{};
};

template <typename Table>
Table completed(const Table &given) {
  Table whole{};
  std::memcpy(&whole, &given, std::min<std::size_t>(given.struct_size, sizeof whole));
  whole.struct_size = sizeof whole;
  return whole;
}

// The plugin underneath, loaded at the first query; without entries when it could not be loaded.
const tables &real() {
  static const tables loaded = [] {
    tables none;
    const char *path = std::getenv("HAL_MUTANT_PLUGIN");
    void *object = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr) return none;
    const auto query = reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
    hal_host host{};
    host.struct_size = offsetof(hal_host, context);
    host.abi_major = HAL_ABI_MAJOR;
    const hal_plugin *given = query == nullptr ? nullptr : query(&host);
    if (given == nullptr) return none;
    return tables{completed(*given), completed(*given->device)};
  }();
  return loaded;
}

const hal_device_table &below() {
  return real().device;
}

// The answer `from` becomes success.
hal_status forgive(hal_status given, hal_status from) {
  return given == from ? HAL_STATUS_OK : given;
}

struct fault {
  const char *name;
  void (*apply)(tables &wrong);
};

const fault faults[] = {
    {"none", [](tables &) {}},

    {"query answers another table the second time", [](tables &) {}},  // in hal_plugin_query

    {"describe writes beyond a short record",
     [](tables &wrong) {
       wrong.plugin.describe = [](uint32_t index, hal_device_description *out, hal_error *error) {
         const uint32_t stated = out == nullptr ? 0 : out->struct_size;
         if (stated >= 8 && stated < sizeof *out) out->struct_size = sizeof *out;
         const hal_status given = real().plugin.describe(index, out, error);
         if (stated >= 8) out->struct_size = stated;
         return given;
       };
     }},

    {"describe hides a feature that works",
     [](tables &wrong) {
       wrong.plugin.describe = [](uint32_t index, hal_device_description *out, hal_error *error) {
         const hal_status given = real().plugin.describe(index, out, error);
         if (given == HAL_STATUS_OK && out->struct_size >= sizeof *out)
           out->features &= ~static_cast<uint64_t>(HAL_FEATURE_COPY_2D);
         return given;
       };
     }},

    {"close forgets that objects live",
     [](tables &wrong) {
       wrong.device.device_close = [](hal_device *device, hal_error *error) {
         return forgive(below().device_close(device, error), HAL_STATUS_BUSY);
       };
     }},

    {"allocation fails without a message",
     [](tables &wrong) {
       wrong.device.memory_allocate = [](hal_device *device, const hal_memory_options *options,
                                         hal_memory **out, hal_error *error) {
         const hal_status given = below().memory_allocate(device, options, out, error);
         if (given != HAL_STATUS_OK && error != nullptr) error->message[0] = '\0';
         return given;
       };
     }},

    {"memory forgets as what it will be exported",
     [](tables &wrong) {
       wrong.device.memory_allocate = [](hal_device *device, const hal_memory_options *options,
                                         hal_memory **out, hal_error *error) {
         if (options == nullptr || options->struct_size < sizeof *options)
           return below().memory_allocate(device, options, out, error);
         hal_memory_options plain = *options;
         plain.flags &= HAL_MEMORY_EXPORTABLE;
         return below().memory_allocate(device, &plain, out, error);
       };
     }},

    {"a destruction keeps what it was to destroy",
     [](tables &wrong) {
       wrong.device.stream_destroy = [](hal_device *device, hal_stream *stream, hal_error *error) {
         const hal_status given = below().stream_destroy(device, stream, error);
         return forgive(given, HAL_STATUS_INVALID_HANDLE);
       };
     }},

    {"free never reports a double free",
     [](tables &wrong) {
       wrong.device.memory_free = [](hal_device *device, hal_memory *memory, hal_error *error) {
         return forgive(below().memory_free(device, memory, error), HAL_STATUS_INVALID_HANDLE);
       };
     }},

    {"a wait that timed out reports success",
     [](tables &wrong) {
       wrong.device.stream_synchronize = [](hal_stream *stream, uint64_t timeout, hal_error *error) {
         return forgive(below().stream_synchronize(stream, timeout, nullptr), HAL_STATUS_TIMED_OUT) ==
                        HAL_STATUS_OK
                    ? HAL_STATUS_OK
                    : below().stream_synchronize(stream, timeout, error);
       };
     }},

    {"a query that finds work fills the error",
     [](tables &wrong) {
       wrong.device.stream_query = [](hal_stream *stream, hal_error *error) {
         const hal_status given = below().stream_query(stream, error);
         if (given == HAL_STATUS_NOT_READY && error != nullptr) error->status = given;
         return given;
       };
     }},

    {"a success fills the error",
     [](tables &wrong) {
       wrong.device.stream_query = [](hal_stream *stream, hal_error *error) {
         const hal_status given = below().stream_query(stream, error);
         if (given == HAL_STATUS_OK && error != nullptr) error->status = given;
         return given;
       };
     }},

    {"streams do not wait for events",
     [](tables &wrong) {
       wrong.device.stream_wait_event = [](hal_stream *stream, hal_event *event, hal_error *error) {
         return stream == nullptr || event == nullptr ? below().stream_wait_event(stream, event, error)
                                                      : HAL_STATUS_OK;
       };
     }},

    {"host functions are called twice",
     [](tables &wrong) {
       wrong.device.stream_host_function = [](hal_stream *stream, hal_host_function function, void *user,
                                              hal_error *error) {
         const hal_status first = below().stream_host_function(stream, function, user, error);
         return first == HAL_STATUS_OK ? below().stream_host_function(stream, function, user, error) : first;
       };
     }},

    {"events are not recorded",
     [](tables &wrong) {
       wrong.device.event_record = [](hal_event *event, hal_stream *stream, hal_error *error) {
         return stream == nullptr || event == nullptr ? below().event_record(event, stream, error)
                                                      : HAL_STATUS_OK;
       };
     }},

    {"time runs backwards",
     [](tables &wrong) {
       wrong.device.event_elapsed = [](hal_event *start, hal_event *end, int64_t *out, hal_error *error) {
         return below().event_elapsed(end, start, out, error);
       };
     }},

    {"a copy drops its last byte",
     [](tables &wrong) {
       wrong.device.copy = [](hal_stream *stream, hal_memory *destination, uint64_t destination_offset,
                              hal_memory *source, uint64_t source_offset, uint64_t size, hal_error *error) {
         return below().copy(stream, destination, destination_offset, source, source_offset,
                             size < 2 ? size : size - 1, error);
       };
     }},

    {"a copy out of range is forgiven",
     [](tables &wrong) {
       wrong.device.copy_to_device = [](hal_stream *stream, hal_memory *destination, uint64_t offset,
                                        const void *source, uint64_t size, hal_error *error) {
         return forgive(below().copy_to_device(stream, destination, offset, source, size, error),
                        HAL_STATUS_OUT_OF_RANGE);
       };
     }},

    {"another device's memory is taken",
     [](tables &wrong) {
       wrong.device.copy_to_host = [](hal_stream *stream, void *destination, hal_memory *source,
                                      uint64_t offset, uint64_t size, hal_error *error) {
         return forgive(below().copy_to_host(stream, destination, source, offset, size, error),
                        HAL_STATUS_INVALID_HANDLE);
       };
     }},

    {"a fill has the wrong width",
     [](tables &wrong) {
       wrong.device.fill = [](hal_stream *stream, hal_memory *memory, uint64_t offset, uint64_t size,
                              uint32_t value, uint32_t width, hal_error *error) {
         return below().fill(stream, memory, offset, size, value, width == 4 ? 2 : width, error);
       };
     }},

    {"pitches are taken for one another",
     [](tables &wrong) {
       wrong.device.copy_2d = [](hal_stream *stream, const hal_copy_2d *copy, hal_error *error) {
         if (copy == nullptr) return below().copy_2d(stream, copy, error);
         hal_copy_2d swapped = *copy;
         std::swap(swapped.destination.pitch, swapped.source.pitch);
         return below().copy_2d(stream, &swapped, error);
       };
     }},

    {"a missing kernel has another name",
     [](tables &wrong) {
       wrong.device.module_kernel = [](hal_module *module, const char *name, hal_kernel **out,
                                       hal_error *error) {
         const hal_status given = below().module_kernel(module, name, out, error);
         return given == HAL_STATUS_NOT_FOUND ? static_cast<hal_status>(HAL_STATUS_INVALID_ARGUMENT) : given;
       };
     }},

    {"a launch takes x for y",
     [](tables &wrong) {
       wrong.device.launch = [](hal_stream *stream, hal_kernel *kernel, const hal_launch *given,
                                hal_error *error) {
         if (given == nullptr) return below().launch(stream, kernel, given, error);
         hal_launch swapped = *given;
         std::swap(swapped.grid[0], swapped.grid[1]);
         std::swap(swapped.block[0], swapped.block[1]);
         return below().launch(stream, kernel, &swapped, error);
       };
     }},

    {"a launch does not check its arguments",
     [](tables &wrong) {
       wrong.device.launch = [](hal_stream *stream, hal_kernel *kernel, const hal_launch *given,
                                hal_error *error) {
         return forgive(below().launch(stream, kernel, given, error), HAL_STATUS_INVALID_ARGUMENT);
       };
     }},

    {"a graph is launched and does nothing",
     [](tables &wrong) {
       wrong.device.graph_launch = [](hal_graph_executable *executable, hal_stream *stream,
                                      hal_error *error) {
         return executable == nullptr || stream == nullptr ? below().graph_launch(executable, stream, error)
                                                           : HAL_STATUS_OK;
       };
     }},

    {"a failed device allocates on",
     [](tables &wrong) {
       wrong.device.memory_allocate = [](hal_device *device, const hal_memory_options *options,
                                         hal_memory **out, hal_error *error) {
         return forgive(below().memory_allocate(device, options, out, error), HAL_STATUS_LAUNCH_FAILED);
       };
     }},
};

std::string wanted_fault() {
  const char *named = std::getenv("HAL_MUTANT_FAULT");
  return named == nullptr ? "none" : named;
}

tables make_wrong() {
  tables wrong = real();
  const std::string wanted = wanted_fault();
  const auto *found = std::find_if(std::begin(faults), std::end(faults),
                                   [&](const fault &one) { return wanted == one.name; });
  // A name that is not in the list makes no plugin, and so a failure of the test that gave it.
  if (found == std::end(faults)) wrong.plugin.probe = nullptr;
  if (found != std::end(faults)) found->apply(wrong);
  return wrong;
}

}  // namespace

const hal_plugin *hal_plugin_query(const hal_host *) {
  static tables wrong = make_wrong();
  static tables second = wrong;
  static int calls = 0;
  wrong.plugin.device = &wrong.device;
  second.plugin.device = &second.device;
  if (real().plugin.probe == nullptr) return nullptr;
  if (wanted_fault() == std::string("query answers another table the second time") && calls++ > 0)
    return &second.plugin;
  return &wrong.plugin;
}
