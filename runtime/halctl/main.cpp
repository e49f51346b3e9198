// halctl: the HAL for people. Each verb has a file of its own; this one reads the command line and ends the
// program.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/error.hpp"
#include "hal/version.hpp"
#include "runtime/halctl/machine_archive.hpp"
#include "runtime/halctl/new_plugin.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/hardware.hpp"
#include "runtime/machine_layout.hpp"
#include "runtime/near_name.hpp"

namespace hal::ctl {
namespace {

std::string version_text() {
  return fmt::format("halctl {}, plugin boundary {}.{}\n", version(), HAL_ABI_MAJOR, HAL_ABI_MINOR);
}

void add_verbs(CLI::App &app, session &with) {
  add_list(app, with);
  add_show(app, with);
  add_doctor(app, with);
  add_tree(app, with);
  add_topo(app, with);
  add_watch(app, with);
  add_cdi(app, with);
  add_slurm(app, with);
  add_labels(app, with);
  add_plugins(app, with);
  add_selftest(app, with);
  add_conform(app, with);
  add_capture(app, with);
  add_new_plugin(app, with);
  add_bundle(app, with);
  add_compile(app, with);
  add_why(app, with);
  add_complete(app, with);
  for (CLI::App *verb : app.get_subcommands({}))
    verb->footer(
        "--color, --deadline, --machine, --no-cache and --plugin-path go with every verb: halctl --help.");
}

std::string meant(std::string_view given, const std::vector<std::string> &names) {
  const std::string near = rt::nearest(given, names);
  return near.empty() ? std::string() : fmt::format(" (is '{}' meant?)", near);
}

std::string no_verb(const CLI::App &app, const std::string &word) {
  std::vector<std::string> verbs;
  for (const CLI::App *verb : app.get_subcommands({})) {
    if (!verb->get_group().empty()) verbs.push_back(verb->get_name());
  }
  return fmt::format("There is no verb '{}'{}; `halctl --help` lists them.", word, meant(word, verbs));
}

// Of a verb and of halctl itself, which every verb takes, too.
std::vector<std::string> options_of(const CLI::App &app, const CLI::App &at) {
  std::vector<std::string> options;
  for (const CLI::App *owner : {&app, &at}) {
    for (const CLI::Option *option : owner->get_options()) {
      for (const std::string &known : option->get_lnames()) options.push_back("--" + known);
    }
  }
  return options;
}

// The first word that nothing on the command line takes, in a sentence; CLI11's own words name neither what
// is near it nor the verb.
std::string explain(const CLI::App &app, const CLI::ParseError &wrong, int count, char **words) {
  const auto chosen = app.get_subcommands();
  const CLI::App &at = chosen.empty() ? app : *chosen.front();
  const std::string name = chosen.empty() ? "halctl" : "halctl " + at.get_name();
  std::vector<std::string> unknown = app.remaining(true);
  unknown.erase(std::remove(unknown.begin(), unknown.end(), "--"), unknown.end());
  const auto is_option = [](const std::string &word) { return word.size() > 1 && word.front() == '-'; };
  if (dynamic_cast<const CLI::ArgumentMismatch *>(&wrong) != nullptr && is_option(words[count - 1]))
    return fmt::format("'{}' needs a value; `{} --help` tells more.", words[count - 1], name);
  if (chosen.empty()) {
    const auto plain = std::find_if_not(unknown.begin(), unknown.end(), is_option);
    if (plain != unknown.end()) return no_verb(app, *plain);
    if (unknown.empty()) return "A verb is missing; `halctl --help` lists them.";
  }
  if (unknown.empty()) return fmt::format("{}; `{} --help` tells more.", wrong.what(), name);
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const std::vector<std::string> options = options_of(app, at);
  // Behind -- even an option is a plain word.
  if (is_option(word) && std::find(options.begin(), options.end(), word) == options.end())
    return fmt::format("`{0}` has no option '{1}'{2}; `{0} --help` lists them.", name, word,
                       meant(word, options));
  return fmt::format("`{0}` does not take '{1}'; `{0} --help` tells what it takes.", name, unknown.front());
}

exit_code run(int count, char **words) {
  CLI::App app("One interface to every accelerator in the machine.", "halctl");
  session with;
  app.require_subcommand(1);
  app.add_option("--color", with.color, "auto, always or never")->capture_default_str();
  app.add_option("--plugin-path", with.plugin_path, "folders of plugins, searched instead of all others");
  app.add_option(
      "--machine", with.machine,
      "a recorded machine: a folder of its files, what `halctl capture` wrote, a tar archive, or what "
      "lspci -xxxx or lspci -nn printed");
  app.add_option("--deadline", with.deadline, "seconds that a plugin may take to tell its devices");
  app.add_flag("--no-cache", with.no_cache, "ask every plugin anew");
  app.set_version_flag("--version", version_text().substr(0, version_text().size() - 1));
  app.fallthrough();
  add_verbs(app, with);
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp &) {
    write_out(app.help());
    return exit_code::ok;
  } catch (const CLI::CallForVersion &) {
    write_out(version_text());
    return exit_code::ok;
  } catch (const CLI::ParseError &wrong) {
    complain(explain(app, wrong, count, words));
    return exit_code::usage;
  }
  [[maybe_unused]] const painter known(
      with.color);  // a wrong --color is refused by verbs without colours, too
  return with.chosen();
}

}  // namespace

session::session() = default;
session::~session() = default;

std::filesystem::path session::root_of(const std::string &given) const {
  const rt::machine_kind kind = rt::kind_of_machine(given);
  if (kind == rt::machine_kind::absent) {
    std::error_code code;
    const bool unknown = !std::filesystem::exists(given, code) && code;
    throw error(status::invalid_argument,
                fmt::format("The recorded machine '{}' {}.", given,
                            unknown ? "cannot be read: " + code.message() : "is not there"));
  }
  if (kind != rt::machine_kind::unknown) return given;
  std::unique_ptr<unpacked_machine> &unpacked = unpacked_[given];
  if (!unpacked) unpacked = std::make_unique<unpacked_machine>(given);
  const rt::machine_layout parts = rt::layout_of(unpacked->folder());
  return parts.root.empty() ? unpacked->folder() : parts.root;
}

namespace {

std::chrono::milliseconds parse_deadline(const std::string &text) {
  double seconds = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (code != std::errc{} || stop != end || !(seconds >= 0.001 && seconds <= 3600)) {
    throw error(status::invalid_argument,
                fmt::format("'{}' is no deadline: a number of seconds, more than 0 and at most 3600.", text));
  }
  return std::chrono::milliseconds{std::lround(seconds * 1000)};
}

}  // namespace

runtime_options session::options() const {
  runtime_options options;
  for (std::string_view rest = plugin_path; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path folder(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!folder.is_absolute()) {
      throw error(status::invalid_argument,
                  fmt::format("'{}' in --plugin-path is no absolute path.", folder.string()));
    }
    options.plugin_path.push_back(folder);
  }
  options.only_plugin_path = !plugin_path.empty();
  options.machine = root_of(machine);
  if (!deadline.empty()) options.probe_deadline = parse_deadline(deadline);
  if (no_cache) options.cache = false;
  options.log = [](log_level level, std::string_view text) {
    if (level == log_level::error || level == log_level::warning) warn(text);
  };
  return options;
}

}  // namespace hal::ctl

int main(int count, char **words) {
  using namespace hal;
  ctl::secure_standard_streams();
  try {
    return static_cast<int>(ctl::run(count, words));
  } catch (const error &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code_of(failed.status()));
  } catch (const ctl::output_error &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code::output);
  } catch (const std::bad_alloc &) {
    ctl::complain("There is not enough memory.");
    return static_cast<int>(ctl::exit_code::failed);
  } catch (const std::exception &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code::failed);
  }
}
