// A plugin over its vendor's own library on a machine without the vendor's devices, in a process of its own:
// what it answers, that nothing is printed, and that nothing runs on. Skipped where the library is not
// installed, and where there is a device.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "hal/abi/plugin.h"

namespace {

constexpr int skipped = 77;

void ignore(void *, hal_log_level, const char *) {}

// Threads of this process, but for those that the vendor's library names and nobody can end.
std::ptrdiff_t threads(const std::string &theirs) {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return std::count_if(begin(all), end(all), [&](const auto &task) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    return !name.starts_with(theirs);
  });
}

bool check(bool right, const char *what) {
  if (!right) std::printf("wrong: %s\n", what);
  return right;
}

// Loaded lazily and left so: the plugin loads it again.
bool is_installed(char **libraries) {
  for (; *libraries != nullptr; ++libraries) {
    if (dlopen(*libraries, RTLD_LAZY | RTLD_LOCAL) != nullptr) return true;
  }
  return false;
}

}  // namespace

// real-library PLUGIN NODE THREADS LIBRARY...: a file that is there where a device is, what the names of the
// library's own threads begin with, and the libraries of which one is enough.
int main(int argc, char **argv) {
  if (argc < 5) return 2;
  if (std::filesystem::exists(argv[2])) {
    std::printf("skipped: there is a %s, so that the library may find devices\n", argv[2]);
    return skipped;
  }
  if (!is_installed(argv + 4)) {
    std::printf("skipped: no %s is installed\n", argv[4]);
    return skipped;
  }
  void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  const auto query =
      object == nullptr ? nullptr
                        : reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  if (query == nullptr) return 2;
  const hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};
  const hal_plugin *plugin = query(&host);
  const std::ptrdiff_t before = threads(argv[3]);
  // What the runtime prints would be among this: both go into files.
  std::fflush(nullptr);
  const std::string out = "/tmp/hal-real-library-" + std::to_string(getpid());
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
  right &= check(threads(argv[3]) == before, "a thread runs on");
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
