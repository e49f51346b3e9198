// The verbs of halctl. Each has a file of its own that adds it to the command line.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hal/runtime.hpp"
#include "runtime/halctl/exit_code.hpp"
#include "runtime/halctl/output.hpp"

namespace CLI {
class App;
}

namespace hal::ctl {

class unpacked_machine;

// What the verbs share: the options that stand for all of them, and which verb was chosen.
struct session {
  session();
  session(const session &) = delete;
  session &operator=(const session &) = delete;
  ~session();

  std::string color = "auto";
  std::string
      plugin_path;       // folders separated by colons, searched instead of all others; empty: the usual ones
  std::string deadline;  // of a plugin's probe, in seconds; empty: the usual one
  bool no_cache = false;
  std::string machine = "/";  // the machine at hand, or a recorded one
  // What the verb that was named does. Runs once the whole command line is understood; prints by write_out.
  // Throws hal::error and output_error, which end the program with a sentence.
  std::function<exit_code()> chosen;

  // For that machine. An archive is unpacked for as long as this session lasts. Throws hal::error,
  // invalid_argument, for a machine that is none, for a folder that is no absolute path and for a deadline
  // that is none.
  runtime_options options() const;

 private:
  std::filesystem::path root_of(const std::string &given) const;

  mutable std::map<std::string, std::unique_ptr<unpacked_machine>> unpacked_;
};

// "adds the verb": declares it with its options, and sets `chosen` when it is named.
void add_capture(CLI::App &app, session &with);
void add_list(CLI::App &app, session &with);
void add_show(CLI::App &app, session &with);
void add_doctor(CLI::App &app, session &with);
void add_tree(CLI::App &app, session &with);
void add_topo(CLI::App &app, session &with);
void add_watch(CLI::App &app, session &with);
void add_cdi(CLI::App &app, session &with);
void add_slurm(CLI::App &app, session &with);
void add_labels(CLI::App &app, session &with);
void add_plugins(CLI::App &app, session &with);
void add_selftest(CLI::App &app, session &with);
void add_conform(CLI::App &app, session &with);
void add_bundle(CLI::App &app, session &with);
void add_compile(CLI::App &app, session &with);
void add_why(CLI::App &app, session &with);
void add_complete(CLI::App &app, session &with);

}  // namespace hal::ctl
