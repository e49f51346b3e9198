#include "plugins/opencl/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/library.hpp"

namespace hal::plugins::opencl {

namespace fs = std::filesystem;

namespace {

constexpr char default_folder[] = "/etc/OpenCL/vendors";
constexpr std::uintmax_t most_bytes = 4096;  // of a registration, which is one line

std::string text_of(const char *variable) {
  const char *value = std::getenv(variable);
  return value == nullptr ? std::string() : std::string(value);
}

// The folder that both loaders in use look into: ocl-icd and Khronos's. Empty: something else than a folder
// was named, which is theirs to understand.
fs::path registrations() {
  std::string named = text_of("OCL_ICD_VENDORS");
  if (named.empty()) named = text_of("OPENCL_VENDOR_PATH");
  if (named.empty()) return default_folder;
  std::error_code ignored;
  return fs::is_directory(named, ignored) ? fs::path(named) : fs::path();
}

std::vector<fs::path> files_in(const fs::path &folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().extension() == ".icd") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void warn(const hal_host &host, const std::string &text) {
  host.log(host.context, HAL_LOG_WARNING, text.c_str());
}

void check_one(const hal_host &host, const fs::path &file) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(file, failed);
  std::string name;
  std::ifstream in(file);
  if (failed || !in)
    return warn(host, fmt::format("The OpenCL driver's registration {} cannot be read.", file.string()));
  if (size > most_bytes || !std::getline(in, name) || name.find_first_not_of(" \t\r") == std::string::npos) {
    return warn(host, fmt::format("The OpenCL driver's registration {} names no library: it has {} bytes.",
                                  file.string(), size));
  }
  name.resize(name.find_last_not_of(" \t\r") + 1);
  host.log(host.context, HAL_LOG_INFO,
           fmt::format("Loading the OpenCL driver {} of {}.", name, file.string()).c_str());
  try {
    plugin::library::require(name.c_str(), "Its package is broken or half removed.", RTLD_LAZY);
  } catch (const plugin::failure &refused) {
    warn(host, fmt::format("The OpenCL driver of {} is left out: {}", file.string(), refused.what()));
  }
}

}  // namespace

void check_drivers(const hal_host &host) {
  const fs::path folder = registrations();
  if (folder.empty()) return;
  for (const fs::path &file : files_in(folder)) check_one(host, file);
}

}  // namespace hal::plugins::opencl
