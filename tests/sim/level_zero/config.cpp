#include "tests/sim/level_zero/config.hpp"

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace sim {
namespace {

using nlohmann::json;

std::uint32_t read_version(const std::string &text) {
  unsigned major = 0;
  unsigned minor = 0;
  if (std::sscanf(text.c_str(), "%u.%u", &major, &minor) != 2) return 0;
  return major << 16 | minor;
}

device_config read_device(const json &given, std::size_t index) {
  device_config made;
  made.name = given.value("name", "Intel Stand-in " + std::to_string(index));
  made.type = given.value("type", made.type);
  made.memory = given.value("memory", made.memory);
  made.max_allocation = given.value("max_allocation", made.max_allocation);
  made.uuid[0] = 0x86;
  made.uuid[1] = 0x80;
  made.uuid[14] = static_cast<std::uint8_t>(index + 1);
  const std::string digits = given.value("uuid", std::string());
  for (std::size_t i = 0; i < 16 && 2 * i + 1 < digits.size(); ++i)
    made.uuid[i] = static_cast<std::uint8_t>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
  made.pci[1] = static_cast<std::uint32_t>(3 + index);
  const std::string pci = given.value("pci", std::string());
  if (!pci.empty())
    std::sscanf(pci.c_str(), "%x:%x:%x.%x", &made.pci[0], &made.pci[1], &made.pci[2], &made.pci[3]);
  made.tiles = given.value("tiles", made.tiles);
  for (const json &peer : given.value("peers", json::array())) made.peers.insert(peer.get<std::uint32_t>());
  made.copy_engine = given.value("copy_engine", made.copy_engine);
  made.cooperative = given.value("cooperative", made.cooperative);
  made.external = given.value("external", made.external);
  made.shared = given.value("shared", made.shared);
  made.spirv = read_version(given.value("spirv", std::string("1.2")));
  made.timer_hz = given.value("timer_hz", made.timer_hz);
  made.timestamp_bits = given.value("timestamp_bits", made.timestamp_bits);
  made.timestamp_start = given.value("timestamp_start", made.timestamp_start);
  return made;
}

config read(const json &given) {
  config made;
  made.api = read_version(given.value("api", std::string("1.4")));
  made.in_order = given.value("in_order", made.in_order);
  made.import_host = given.value("import_host", made.import_host);
  made.relaxed = given.value("relaxed", made.relaxed);
  made.flat = given.value("flat", made.flat);
  const json devices = given.value("devices", json::parse(R"([{"peers": [1]}, {"peers": [0]}])"));
  for (const json &one : devices) made.devices.push_back(read_device(one, made.devices.size()));
  made.kernels = given.value("kernels", made.kernels);
  made.faults = read_faults(given);
  return made;
}

}  // namespace

const config &configuration() {
  static const config &loaded = *new config(read(load_configuration("HAL_SIM_LEVEL_ZERO")));
  return loaded;
}

}  // namespace sim
