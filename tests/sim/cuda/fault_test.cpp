// What goes wrong below the plugin, entry by entry: a code, a delay, an entry that is not there, a device
// that is lost. Each in a process of its own, which must end by itself.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "hal/abi/status.h"

namespace {

namespace fs = std::filesystem;

struct entry {
  const char *symbol;
  bool required;
};

constexpr bool required = true;
constexpr bool optional = false;
constexpr entry entries[] = {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) {#symbol, need},
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
};

constexpr const char *nvml_entries[] = {
#define HAL_NVML_ENTRY(member, symbol, parameters) #symbol,
#include "plugins/cuda/nvml_entries.inc"
#undef HAL_NVML_ENTRY
};

// What these fail to give back stays where it is: that is the driver's loss, which a leak checker would tell.
const std::set<std::string> gives_back = {"cuMemFree_v2",
                                          "cuMemFreeHost",
                                          "cuMemHostUnregister",
                                          "cuMemPoolDestroy",
                                          "cuMemRelease",
                                          "cuMemAddressFree",
                                          "cuMemUnmap",
                                          "cuDestroyExternalMemory",
                                          "cuIpcCloseMemHandle",
                                          "cuStreamDestroy_v2",
                                          "cuEventDestroy_v2",
                                          "cuModuleUnload",
                                          "cuGraphDestroy",
                                          "cuGraphExecDestroy",
                                          "cuDevicePrimaryCtxRelease_v2",
                                          "cuCtxPushCurrent_v2",
                                          "cuCtxPopCurrent_v2",
                                          "cuCtxGetCurrent"};

// What these answer is done without when they fail, or the stand-in's machine never asks them.
const std::set<std::string> done_without = {
    "cuLinkCreate_v2",       "cuLinkAddData_v2",   "cuLinkComplete",        "cuLinkDestroy",
    "cuGetErrorName",        "cuGetErrorString",   "cuDeviceGetAttribute",  "cuDeviceGetPCIBusId",
    "cuDeviceCanAccessPeer", "cuCtxGetDevice",     "cuMemPoolTrimTo",       "cuIpcCloseMemHandle",
    "cuIpcOpenMemHandle_v2", "cuFuncSetAttribute", "cuGraphInstantiate_v2", "cuGraphExecUpdate",
    "cuCtxPopCurrent_v2"};

struct outcome {
  int code = -1;  // exit code; 128 + signal when a signal ended it
  std::string text;
  int failures = -1;
  hal_status first = HAL_STATUS_OK;
};

outcome run(const std::string &library_folder, const std::string &machine, const std::string &wishes,
            bool loses = false) {
  const std::string leaks = loses ? "ASAN_OPTIONS=detect_leaks=0 " : "";
  const std::string command = leaks + "LD_LIBRARY_PATH='" + library_folder + "' HAL_SIM_CUDA='" + machine +
                              "' '" + HAL_SIM_SCENARIO "' '" HAL_SIM_PLUGIN "' " + wishes + " 2>&1";
  outcome result;
  FILE *pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> part;
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) result.text += part.data();
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const std::size_t at = result.text.find("failures ");
  if (at != std::string::npos)
    std::sscanf(result.text.c_str() + at, "failures %d first %d", &result.failures, &result.first);
  return result;
}

std::string fault(const std::string &symbol, const std::string &what) {
  return R"({"faults": [{"entry": ")" + symbol + R"(", )" + what + "}]}";
}

// A folder with a copy of a stand-in that lacks one symbol: its name is changed in the table of names.
class without {
 public:
  explicit without(const std::string &symbol, const std::string &library = "libcuda.so.1") {
    char name[] = "/tmp/hal-sim-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    folder_ = name;
    std::ifstream in(HAL_SIM_FOLDER "/" + library, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    const std::string wanted = std::string(1, '\0') + symbol + std::string(1, '\0');
    std::size_t found = 0;
    for (std::size_t at = bytes.find(wanted); at != std::string::npos;
         at = bytes.find(wanted, at + 1), ++found)
      bytes[at + 1] = 'X';
    REQUIRE(found > 0);
    std::ofstream(folder_ / library, std::ios::binary) << bytes;
  }
  ~without() { fs::remove_all(folder_); }
  without(const without &) = delete;
  without &operator=(const without &) = delete;
  std::string path() const { return folder_.string() + ":" HAL_SIM_FOLDER; }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("cuda faults: without any, everything works and nothing is left behind") {
  const outcome found = run(HAL_SIM_FOLDER, "{}", "other again leaks");
  CAPTURE(found.text);
  CHECK(found.code == 0);
  CHECK(found.failures == 0);
}

TEST_CASE("cuda faults: an entry that fails once is told, and leaves the rest whole") {
  for (const entry &one : entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const bool loses = gives_back.count(symbol) != 0;
    const outcome found = run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "result": 999)"),
                              loses ? "other again" : "other again leaks", loses);
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (done_without.count(symbol) == 0) CHECK(found.failures > 0);
  }
}

TEST_CASE("cuda faults: an entry that always fails ends nothing") {
  for (const entry &one : entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 0, "result": 2)"), "", gives_back.count(symbol) != 0);
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures >= 0);
  }
}

TEST_CASE("cuda faults: a slow entry changes nothing") {
  for (const entry &one : entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "delay_ms": 5)"), "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures == 0);
  }
}

TEST_CASE("cuda faults: an entry that is missing is named, or done without") {
  for (const entry &one : entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const without library(symbol);
    const outcome found = run(library.path(), "{}", one.required ? "" : "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (one.required) {
      CHECK(found.first == HAL_STATUS_INCOMPATIBLE_VERSION);
      CHECK(found.text.find(symbol) != std::string::npos);
    } else {
      CHECK(found.failures == 0);
    }
  }
}

TEST_CASE("cuda faults: a device that is lost says so from then on, and the other one works") {
  for (const char *symbol : {"cuMemAlloc_v2", "cuMemcpyHtoDAsync_v2", "cuLaunchKernel", "cuStreamSynchronize",
                             "cuStreamQuery", "cuMemFree_v2"}) {
    CAPTURE(symbol);
    const outcome found = run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "result": 214)"), "other again");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (std::string(symbol) != "cuMemFree_v2") {
      CHECK(found.first == HAL_STATUS_DEVICE_LOST);
      CHECK(found.text.find("CUDA_ERROR_ECC_UNCORRECTABLE (214)") != std::string::npos);
    }
  }
}

// Figures are missing then, and nothing else: all of it counts as working.
TEST_CASE("cuda faults: the management library's entries may fail, be slow or be missing") {
  for (const std::string symbol : nvml_entries) {
    CAPTURE(symbol);
    for (const char *what :
         {R"("call": 1, "result": 999)", R"("call": 0, "result": 15)", R"("call": 1, "delay_ms": 5)"}) {
      CAPTURE(what);
      const outcome found = run(HAL_SIM_FOLDER, fault(symbol, what), "other again leaks");
      CAPTURE(found.text);
      CHECK(found.code == 0);
      CHECK(found.failures == 0);
    }
    const without library(symbol, "libnvidia-ml.so.1");
    const outcome found = run(library.path(), "{}", "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures == 0);
  }
}

TEST_CASE("cuda faults: no library, and one that is too old") {
  const outcome none = run("/nonexistent", "{}", "");
  CHECK(none.code == 0);
  if (none.first != HAL_STATUS_OK) {  // a machine with a driver of its own finds that
    CHECK(none.first == HAL_STATUS_UNAVAILABLE);
    CHECK(none.text.find("libcuda.so.1") != std::string::npos);
  }
  const outcome old = run(HAL_SIM_FOLDER, R"({"driver": 10020})", "");
  CHECK(old.code == 0);
  CHECK(old.first == HAL_STATUS_INCOMPATIBLE_VERSION);
  CHECK(old.text.find("10.2") != std::string::npos);
}
