// halctl conform PLUGIN: judges a plugin's shared object by the boundary's contract.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/catalog.hpp"
#include "runtime/halctl/suite.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

namespace fs = std::filesystem;

constexpr const char *suite_name = "hal-conformance";

struct arguments {
  std::string plugin;
  std::vector<std::string> others;
};

// The library of the plugin with that name; nothing of it is loaded here, whatever it does when it is.
fs::path library_of_plugin(const std::string &name, const session &with) {
  const rt::catalog found(with.options());
  for (const rt::catalog_entry &entry : found.entries()) {
    if (entry.facts.name == name && !entry.facts.library.empty()) return entry.facts.library;
  }
  throw error(status::not_found, fmt::format("'{}' is neither a file nor the name of a plugin that is found; "
                                             "`halctl plugins` lists those.",
                                             name));
}

// A shared object's path, or the library of a plugin by its name, which a folder of that name does not hide.
fs::path library_of(const std::string &plugin, const session &with) {
  std::error_code ignored;
  const bool is_name = plugin.find('/') == std::string::npos && !plugin.ends_with(".so");
  if (fs::exists(plugin, ignored) && !(is_name && fs::is_directory(plugin, ignored)))
    return fs::absolute(plugin);
  if (is_name) return library_of_plugin(plugin, with);
  throw error(status::not_found, fmt::format("The shared object '{}' is not there.", plugin));
}

exit_code run(const arguments &given, const session &with) {
  const fs::path judge = suite_file(suite_name);
  if (judge.empty()) {
    complain(fmt::format("{} is not installed; build the HAL with -Dtests=true, which is the default.",
                         suite_name));
    return exit_code::missing;
  }
  const std::string library = library_of(given.plugin, with).string();
  std::vector<char *> words = {const_cast<char *>(suite_name), const_cast<char *>(library.c_str())};
  for (const std::string &other : given.others) words.push_back(const_cast<char *>(other.c_str()));
  words.push_back(nullptr);
  ::execv(judge.c_str(), words.data());
  throw error(status::unavailable,
              fmt::format("{} cannot be run: {}.", judge.string(), std::strerror(errno)));
}

}  // namespace

void add_conform(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("conform", "Judge a plugin by the boundary's contract");
  verb.option("PLUGIN", given->plugin, "a shared object, or the name of a plugin that is found").required();
  verb.option("OPTIONS", given->others, "handed to the suite, after --");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
