// The entries of the stand-in that answer something else than the real library.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "tests/sim/opencl/call.hpp"
#include "tests/sim/opencl/config.hpp"

using namespace hal::plugins::opencl::driver;

namespace {

result answer(const void *value, std::size_t size, std::size_t room, void *out, std::size_t *out_size) {
  if (out_size != nullptr) *out_size = size;
  if (out == nullptr) return CL_SUCCESS;
  if (room < size) return CL_INVALID_VALUE;
  std::memcpy(out, value, size);
  return CL_SUCCESS;
}

result answer(const std::string &text, std::size_t room, void *out, std::size_t *out_size) {
  return answer(text.c_str(), text.size() + 1, room, out, out_size);
}

std::string version_text() {
  const int version = sim::configuration().version;
  return "OpenCL " + std::to_string(version / 100) + "." + std::to_string(version % 100 / 10) + " stand-in";
}

std::string extensions_of(device of) {
  std::string text(65536, '\0');
  if (sim::real().get_device_info(of, device_extensions, text.size(), text.data(), nullptr) != CL_SUCCESS)
    return {};
  text.resize(text.find('\0'));
  const sim::config &told = sim::configuration();
  if (told.usm) text += " cl_intel_unified_shared_memory";
  if (told.external) text += " cl_khr_external_memory cl_khr_external_memory_opaque_fd";
  if (told.suggestion) text += " cl_khr_suggested_local_work_size";
  if (!told.extensions.empty()) text += " " + told.extensions;
  return text;
}

// ---- cl_intel_unified_shared_memory, by what OpenCL 2.0 has ----

void *allocate(const char *symbol, context where, bits flags, std::size_t size, result *code) {
  if (const int planned = sim::planned(symbol)) return sim::failed<void *>(planned, code);
  void *made = sim::real().svm_alloc(where, mem_read_write | flags, size, 0);
  if (code != nullptr) *code = made == nullptr ? CL_MEM_OBJECT_ALLOCATION_FAILURE : CL_SUCCESS;
  if (made != nullptr) sim::add_made(1);
  return made;
}

void *host_alloc(context where, const property *, std::size_t size, unsigned_int, result *code) {
  return allocate("clHostMemAllocINTEL", where, mem_svm_fine_grain_buffer, size, code);
}

void *device_alloc(context where, device, const property *, std::size_t size, unsigned_int, result *code) {
  return allocate("clDeviceMemAllocINTEL", where, 0, size, code);
}

void *shared_alloc(context where, device, const property *, std::size_t size, unsigned_int, result *code) {
  return allocate("clSharedMemAllocINTEL", where, mem_svm_fine_grain_buffer, size, code);
}

result free_memory(context where, void *pointer) {
  if (const int planned = sim::planned("clMemFreeINTEL")) return static_cast<result>(planned);
  sim::real().svm_free(where, pointer);
  sim::add_made(-1);
  return CL_SUCCESS;
}

result move(queue on, boolean blocking, void *to, const void *from, std::size_t size, unsigned_int count,
            const event *list, event *made) {
  if (const int planned = sim::planned("clEnqueueMemcpyINTEL")) return static_cast<result>(planned);
  static const auto entry =
      reinterpret_cast<result (*)(queue, boolean, void *, const void *, std::size_t, unsigned_int,
                                  const event *, event *)>(sim::real_entry("clEnqueueSVMMemcpy"));
  const result done = entry(on, blocking, to, from, size, count, list, made);
  if (done == CL_SUCCESS && made != nullptr) sim::add_made(1);
  return done;
}

result fill(queue on, void *to, const void *pattern, std::size_t pattern_size, std::size_t size,
            unsigned_int count, const event *list, event *made) {
  if (const int planned = sim::planned("clEnqueueMemFillINTEL")) return static_cast<result>(planned);
  static const auto entry =
      reinterpret_cast<result (*)(queue, void *, const void *, std::size_t, std::size_t, unsigned_int,
                                  const event *, event *)>(sim::real_entry("clEnqueueSVMMemFill"));
  const result done = entry(on, to, pattern, pattern_size, size, count, list, made);
  if (done == CL_SUCCESS && made != nullptr) sim::add_made(1);
  return done;
}

result set_pointer(kernel of, unsigned_int index, const void *pointer) {
  if (const int planned = sim::planned("clSetKernelArgMemPointerINTEL")) return static_cast<result>(planned);
  return sim::real().set_kernel_arg_svm(of, index, pointer);
}

result suggest(queue, kernel, unsigned_int axes, const std::size_t *, const std::size_t *items,
               std::size_t *out) {
  if (const int planned = sim::planned("clGetKernelSuggestedLocalWorkSizeKHR"))
    return static_cast<result>(planned);
  for (unsigned_int axis = 0; axis < axes; ++axis)
    out[axis] = axis == 0 ? std::min<std::size_t>(items[0], 48) : 1;
  return CL_SUCCESS;
}

// ---- cl_khr_external_memory, by mapping what the descriptor names ----

struct imported {
  void *bytes;
  std::size_t size;
  bool acquired;
};
std::mutex imports_mutex;
std::map<buffer, imported> imports;

result hand(const char *symbol, queue on, unsigned_int count, const buffer *what, event *made, bool acquire) {
  if (const int planned = sim::planned(symbol)) return static_cast<result>(planned);
  {
    const std::lock_guard lock(imports_mutex);
    for (unsigned_int i = 0; i < count; ++i) {
      const auto found = imports.find(what[i]);
      if (found == imports.end() || found->second.acquired == acquire) return CL_INVALID_MEM_OBJECT;
      found->second.acquired = acquire;
      sim::add_made(acquire ? 1 : -1);
    }
  }
  const result done = sim::real().enqueue_marker(on, 0, nullptr, made);
  if (done == CL_SUCCESS && made != nullptr) sim::add_made(1);
  return done;
}

result acquire(queue on, unsigned_int count, const buffer *what, unsigned_int, const event *, event *made) {
  return hand("clEnqueueAcquireExternalMemObjectsKHR", on, count, what, made, true);
}

result release(queue on, unsigned_int count, const buffer *what, unsigned_int, const event *, event *made) {
  return hand("clEnqueueReleaseExternalMemObjectsKHR", on, count, what, made, false);
}

struct extension_entry {
  const char *symbol;
  void *entry;
};

template <typename Entry>
void *untyped(Entry entry) {
  return reinterpret_cast<void *>(entry);
}

void *extension(const char *symbol) {
  static const extension_entry all[] = {
      {"clHostMemAllocINTEL", untyped(&host_alloc)},
      {"clDeviceMemAllocINTEL", untyped(&device_alloc)},
      {"clSharedMemAllocINTEL", untyped(&shared_alloc)},
      {"clMemFreeINTEL", untyped(&free_memory)},
      {"clEnqueueMemcpyINTEL", untyped(&move)},
      {"clEnqueueMemFillINTEL", untyped(&fill)},
      {"clSetKernelArgMemPointerINTEL", untyped(&set_pointer)},
      {"clGetKernelSuggestedLocalWorkSizeKHR", untyped(&suggest)},
      {"clEnqueueAcquireExternalMemObjectsKHR", untyped(&acquire)},
      {"clEnqueueReleaseExternalMemObjectsKHR", untyped(&release)},
  };
  const auto found = std::find_if(std::begin(all), std::end(all), [symbol](const extension_entry &one) {
    return std::strcmp(one.symbol, symbol) == 0;
  });
  return found == std::end(all) ? nullptr : found->entry;
}

}  // namespace

SIM_EXPORT result clGetPlatformInfo(platform of, unsigned_int which, std::size_t room, void *out,
                                    std::size_t *size) {
  if (const int planned = sim::planned("clGetPlatformInfo")) return static_cast<result>(planned);
  if (which == platform_version && sim::configuration().version != 0)
    return answer(version_text(), room, out, size);
  return sim::real().get_platform_info(of, which, room, out, size);
}

SIM_EXPORT result clGetDeviceIDs(platform of, bits, unsigned_int room, device *out, unsigned_int *count) {
  if (const int planned = sim::planned("clGetDeviceIDs")) return static_cast<result>(planned);
  device first = nullptr;
  const result told = sim::real().get_device_ids(of, device_type_all, 1, &first, nullptr);
  if (told != CL_SUCCESS) return told;
  const unsigned devices = sim::configuration().devices;
  if (devices == 0) return CL_DEVICE_NOT_FOUND;
  if (out != nullptr) std::fill_n(out, std::min(room, devices), first);
  if (count != nullptr) *count = devices;
  return CL_SUCCESS;
}

SIM_EXPORT result clGetDeviceInfo(device of, unsigned_int which, std::size_t room, void *out,
                                  std::size_t *size) {
  if (const int planned = sim::planned("clGetDeviceInfo")) return static_cast<result>(planned);
  const sim::config &told = sim::configuration();
  if (const auto fact = told.facts.find(which); fact != told.facts.end())
    return answer(&fact->second, std::min(room, sizeof fact->second), room, out, size);
  if (which == device_version && told.version != 0) return answer(version_text(), room, out, size);
  if (which == device_extensions) return answer(extensions_of(of), room, out, size);
  constexpr unsigned_int handles[] = {external_opaque_fd};
  if (which == device_external_memory_import_types && told.external)
    return answer(handles, sizeof handles, room, out, size);
  constexpr bits none = 0;
  if (which == device_svm_capabilities && !told.svm) return answer(&none, sizeof none, room, out, size);
  if (told.usm && (which == device_host_mem_capabilities || which == device_device_mem_capabilities ||
                   which == device_single_device_shared_mem_capabilities))
    return answer(&usm_access, sizeof usm_access, room, out, size);
  return sim::real().get_device_info(of, which, room, out, size);
}

SIM_EXPORT buffer clCreateBufferWithProperties(context where, const property *wanted, bits flags,
                                               std::size_t size, void *, result *code) {
  if (const int planned = sim::planned("clCreateBufferWithProperties"))
    return sim::failed<buffer>(planned, code);
  const int descriptor = static_cast<int>(wanted[1]);
  struct stat file {};
  if (wanted[0] != external_opaque_fd || fstat(descriptor, &file) != 0 || std::cmp_less(file.st_size, size))
    return sim::failed<buffer>(CL_INVALID_VALUE, code);
  void *bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) return sim::failed<buffer>(CL_INVALID_VALUE, code);
  const buffer made = sim::real().create_buffer(where, flags | mem_use_host_ptr, size, bytes, code);
  if (made == nullptr) {
    munmap(bytes, size);
    return nullptr;
  }
  close(descriptor);
  sim::add_made(1);
  const std::lock_guard lock(imports_mutex);
  imports[made] = {bytes, size, false};
  return made;
}

SIM_EXPORT result clReleaseMemObject(buffer of) {
  if (const int planned = sim::planned("clReleaseMemObject")) return static_cast<result>(planned);
  const result done = sim::real().release_buffer(of);
  if (done != CL_SUCCESS) return done;
  sim::add_made(-1);
  const std::lock_guard lock(imports_mutex);
  if (const auto found = imports.find(of); found != imports.end()) {
    munmap(found->second.bytes, found->second.size);
    imports.erase(found);
  }
  return done;
}

SIM_EXPORT void *clGetExtensionFunctionAddressForPlatform(platform of, const char *symbol) {
  if (sim::planned("clGetExtensionFunctionAddressForPlatform") != 0) return nullptr;
  if (void *own = extension(symbol)) return own;
  return sim::real().get_extension_function(of, symbol);
}
