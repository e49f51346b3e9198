#include "tests/sim/hip/config.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace sim {
namespace {

using nlohmann::json;

device_config read_device(const json &given, std::size_t index) {
  device_config made;
  made.name = given.value("name", "AMD Stand-in " + std::to_string(index));
  made.target = given.value("target", std::string("gfx90a:sramecc+:xnack-"));
  made.memory = given.value("memory", made.memory);
  char text[32];
  std::snprintf(text, sizeof text, "a1b2c3d4%08zx", index + 1);
  made.uuid = given.value("uuid", std::string(text));
  std::snprintf(text, sizeof text, "0000:%02zx:00.0", 0xc1 + index);
  made.pci = given.value("pci", std::string(text));
  for (const json &peer : given.value("peers", json::array())) made.peers.insert(peer.get<int>());
  const json attributes = given.value("attributes", json::object());
  for (const auto &[number, value] : attributes.items())
    made.attributes[std::stoi(number)] = value.get<int>();
  return made;
}

config read(const json &given) {
  config made;
  made.version = given.value("hip", made.version);
  const json devices = given.value("devices", json::parse(R"([{"peers": [1]}, {"peers": [0]}])"));
  for (const json &one : devices) made.devices.push_back(read_device(one, made.devices.size()));
  made.kernels = given.value("kernels", made.kernels);
  made.rtc_code = given.value("rtc_code", made.rtc_code);
  made.faults = read_faults(given);
  return made;
}

}  // namespace

const config &configuration() {
  static const config &loaded = *new config(read(load_configuration("HAL_SIM_HIP")));
  return loaded;
}

}  // namespace sim
