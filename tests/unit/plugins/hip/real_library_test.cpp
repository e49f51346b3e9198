// The plugin over AMD's own runtime on a machine without an AMD GPU, in a process of its own: what it
// answers, that nothing is printed, and that nothing runs on. Skipped where the runtime is not installed.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>

#include "hal/abi/plugin.h"

namespace {

constexpr int skipped = 77;

void ignore(void *, hal_log_level, const char *) {}

// Threads of this process.
std::ptrdiff_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return std::distance(begin(all), end(all));
}

bool check(bool right, const char *what) {
  if (!right) std::printf("wrong: %s\n", what);
  return right;
}

bool is_installed() {
  for (const char *name : {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"}) {
    void *found = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (found != nullptr) return true;
  }
  return false;
}

bool has_device() {
  return std::filesystem::exists("/dev/kfd");
}

}  // namespace

// real-library PLUGIN
int main(int argc, char **argv) {
  if (argc != 2) return 2;
  if (has_device()) {
    std::printf("skipped: there is a /dev/kfd, so that the runtime may find devices\n");
    return skipped;
  }
  if (!is_installed()) {
    std::printf("skipped: no libamdhip64.so is installed\n");
    return skipped;
  }
  void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  const auto query =
      object == nullptr ? nullptr
                        : reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  if (query == nullptr) return 2;
  const hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};
  const hal_plugin *plugin = query(&host);
  const std::ptrdiff_t before = threads();
  // What the runtime prints would be among this: both go into files.
  std::fflush(nullptr);
  const std::string out = "/tmp/hal-real-hip-" + std::to_string(getpid());
  const int kept_out = dup(1);
  const int kept_error = dup(2);
  if (std::freopen(out.c_str(), "w", stdout) == nullptr || dup2(fileno(stdout), 2) < 0) return 2;
  bool right = true;
  std::uint32_t count = 99;
  hal_error error{};
  error.struct_size = sizeof error;
  const hal_status probed = plugin->probe(&host, &count, &error);
  const hal_status again = plugin->probe(&host, &count, &error);
  hal_device_description facts{};
  facts.struct_size = sizeof facts;
  const hal_status described = plugin->describe(0, &facts, &error);
  hal_device *device = nullptr;
  const hal_status opened = plugin->open(&host, 0, nullptr, &device, &error);
  std::fflush(nullptr);
  const auto printed = std::filesystem::file_size(out);
  dup2(kept_out, 1);
  dup2(kept_error, 2);
  std::filesystem::remove(out);
  right &= check(probed == HAL_STATUS_OK && again == HAL_STATUS_OK, "probe does not succeed");
  right &= check(count == 0, "probe finds devices");
  right &= check(described == HAL_STATUS_OUT_OF_RANGE, "describe of a device that is not there");
  right &= check(opened == HAL_STATUS_OUT_OF_RANGE, "open of a device that is not there");
  right &= check(printed == 0, "something was printed");
  right &= check(threads() == before, "a thread runs on");
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
