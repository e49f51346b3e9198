// The verbs of halctl. Each has a file of its own that adds it to the command line.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "hal/runtime.hpp"
#include "runtime/halctl/command_line.hpp"
#include "runtime/halctl/output.hpp"

namespace hal::ctl {

class unpacked_machine;

// What the verbs share: the options that stand for all of them.
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

  // For that machine. An archive is unpacked for as long as this session lasts. Throws hal::error,
  // invalid_argument, for a machine that is none, for a folder that is no absolute path and for a deadline
  // that is none.
  runtime_options options() const;

 private:
  std::filesystem::path root_of(const std::string &given) const;

  mutable std::map<std::string, std::unique_ptr<unpacked_machine>> unpacked_;
};

// Each declares a verb with its options, and what it does: it prints by write_out, and throws hal::error and
// output_error, which end the program with a sentence.
void add_capture(command halctl, session &with);
void add_list(command halctl, session &with);
void add_show(command halctl, session &with);
void add_doctor(command halctl, session &with);
void add_tree(command halctl, session &with);
void add_topo(command halctl, session &with);
void add_watch(command halctl, session &with);
void add_cdi(command halctl, session &with);
void add_slurm(command halctl, session &with);
void add_labels(command halctl, session &with);
void add_plugins(command halctl, session &with);
void add_selftest(command halctl, session &with);
void add_bench(command halctl, session &with);
void add_conform(command halctl, session &with);
void add_new_plugin(command halctl, session &with);
void add_bundle(command halctl, session &with);
void add_compile(command halctl, session &with);
void add_why(command halctl, session &with);
void add_complete(command halctl, session &with);

}  // namespace hal::ctl
