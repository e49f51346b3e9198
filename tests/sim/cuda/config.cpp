#include "tests/sim/cuda/config.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace sim {
namespace {

using nlohmann::json;

driver::uuid read_uuid(const std::string &digits) {
  driver::uuid value{};
  for (std::size_t i = 0; i < 16 && 2 * i + 1 < digits.size(); ++i)
    value.bytes[i] = static_cast<unsigned char>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
  return value;
}

device_config read_device(const json &given, std::size_t index) {
  device_config made;
  made.name = given.value("name", "NVIDIA Stand-in " + std::to_string(index));
  made.capability = given.value("capability", made.capability);
  made.memory = given.value("memory", made.memory);
  made.uuid.bytes[0] = 0xd0;
  made.uuid.bytes[15] = static_cast<unsigned char>(index + 1);
  if (given.contains("uuid")) made.uuid = read_uuid(given["uuid"]);
  made.parent_uuid = given.contains("parent_uuid") ? read_uuid(given["parent_uuid"]) : made.uuid;
  char pci[32];
  std::snprintf(pci, sizeof pci, "0000:%02zx:00.0", 0x17 + index);
  made.pci = given.value("pci", std::string(pci));
  for (const json &peer : given.value("peers", json::array())) made.peers.insert(peer.get<int>());
  made.xids = given.value("xids", made.xids);
  const json attributes = given.value("attributes", json::object());
  for (const auto &[number, value] : attributes.items())
    made.attributes[std::stoi(number)] = value.get<int>();
  return made;
}

config read(const json &given) {
  config made;
  made.version = given.value("driver", made.version);
  const json devices = given.value("devices", json::parse(R"([{"peers": [1]}, {"peers": [0]}])"));
  for (const json &one : devices) made.devices.push_back(read_device(one, made.devices.size()));
  made.kernels = given.value("kernels", made.kernels);
  for (const json &one : given.value("faults", json::array())) {
    made.faults.push_back({one.value("entry", ""), one.value("call", std::uint64_t{1}),
                           one.value("result", 0), one.value("delay_ms", 0), one.value("kill", false)});
  }
  return made;
}

config load() {
  const char *given = std::getenv("HAL_SIM_CUDA");
  std::string text = given == nullptr || *given == '\0' ? "{}" : given;
  try {
    if (text.front() != '{') {
      std::ifstream file(text);
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
    return read(json::parse(text));
  } catch (const std::exception &wrong) {
    std::fprintf(stderr, "The stand-in for libcuda.so.1 cannot read HAL_SIM_CUDA: %s\n", wrong.what());
    std::abort();
  }
}

struct call_counts {
  std::mutex mutex;
  std::map<std::string, std::uint64_t> calls;
};

}  // namespace

const config &configuration() {
  static const config &loaded = *new config(load());
  return loaded;
}

driver::result enter(const char *entry) {
  const config &told = configuration();
  if (told.faults.empty()) return driver::CUDA_SUCCESS;
  static auto &counts = *new call_counts;
  std::uint64_t call = 0;
  {
    const std::lock_guard lock(counts.mutex);
    call = ++counts.calls[entry];
  }
  driver::result planned = driver::CUDA_SUCCESS;
  for (const fault &one : told.faults) {
    if (one.entry != entry || (one.call != 0 && one.call != call)) continue;
    if (one.kill) std::raise(SIGKILL);
    if (one.delay_ms != 0) std::this_thread::sleep_for(std::chrono::milliseconds(one.delay_ms));
    planned = static_cast<driver::result>(one.result);
  }
  return planned;
}

}  // namespace sim
