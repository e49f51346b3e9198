#include "tests/sim/cuda/config.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

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
  made.faults = read_faults(given);
  return made;
}

}  // namespace

const config &configuration() {
  static const config &loaded = *new config(read(load_configuration("HAL_SIM_CUDA")));
  return loaded;
}

driver::result enter(const char *entry) {
  return static_cast<driver::result>(enter(configuration().faults, entry));
}

}  // namespace sim
