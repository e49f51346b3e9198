#include "tests/sim/opencl/config.hpp"

#include <nlohmann/json.hpp>

namespace sim {
namespace {

config read(const nlohmann::json &given) {
  config made;
  made.devices = given.value("devices", made.devices);
  made.version = given.value("version", made.version);
  made.svm = given.value("svm", made.svm);
  made.usm = given.value("usm", made.usm);
  made.suggestion = given.value("suggestion", made.suggestion);
  made.external = given.value("external", made.external);
  made.extensions = given.value("extensions", made.extensions);
  const nlohmann::json facts = given.value("facts", nlohmann::json::object());
  for (const auto &[number, value] : facts.items())
    made.facts[static_cast<unsigned>(std::stoul(number))] = value.get<std::uint64_t>();
  made.faults = read_faults(given);
  return made;
}

}  // namespace

const config &configuration() {
  static const config &loaded = *new config(read(load_configuration("HAL_SIM_OPENCL")));
  return loaded;
}

}  // namespace sim
