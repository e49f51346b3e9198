// The command line: verbs, options and words, declared by the verbs' files and read by CLI11, whose headers
// only command_line.cpp includes: they cost seconds of compiling in every file that does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/halctl/exit_code.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace hal::ctl {

// An option or a word, for saying more about it. Valid as long as its command_line.
class command_option {
 public:
  explicit command_option(CLI::Option *option) : option_(option) {}

  command_option &required();
  command_option &show_default();
  // Of a list: one value each time the option is named, not all words that follow.
  command_option &one_each();
  command_option &one_of(const std::vector<std::string> &allowed);
  command_option &excludes(const command_option &other);
  // Whether it was given; once the line is read.
  bool given() const;

 private:
  CLI::Option *option_;
};

// halctl itself, a verb, or a part of a verb. Cheap to copy; valid as long as its command_line. What is bound
// to an option keeps its value when the option is not given, and lives until the verb has run.
class command {
 public:
  using action = std::function<exit_code()>;

  command(CLI::App *app, action *chosen) : app_(app), chosen_(chosen) {}

  command add(const std::string &name, const std::string &meaning);
  // Left out of help, and of the words for the shell.
  command &hide();
  // One of its parts must be named.
  command &needs_part();

  // `name` is "--name", "-n,--name", or "NAME" for a word. A list takes all words that are left.
  command_option option(const std::string &name, std::string &into, const std::string &meaning);
  command_option option(const std::string &name, std::vector<std::string> &into, const std::string &meaning);
  command_option option(const std::string &name, std::uint64_t &into, const std::string &meaning);
  command_option option(const std::string &name, double &into, const std::string &meaning);
  command_option flag(const std::string &name, bool &into, const std::string &meaning);

  // What it does when it is named.
  void runs(action what);

  // The verbs that are not hidden.
  std::vector<std::string> names() const;

 private:
  CLI::App *app_;
  action *chosen_;
};

class command_line {
 public:
  // `version` is what --version prints.
  command_line(const std::string &name, const std::string &meaning, const std::string &version);
  command_line(const command_line &) = delete;
  command_line &operator=(const command_line &) = delete;
  ~command_line();

  command root();
  // Stands below the help of each verb that is there.
  void footer(const std::string &text);

  // Reads the line. Nothing: chosen() does what it names. Else it is answered: help or the version was
  // printed, or what is wrong with it was said.
  std::optional<exit_code> read(int count, char **words);
  exit_code chosen() const { return chosen_(); }

 private:
  std::unique_ptr<CLI::App> app_;
  std::string version_;
  command::action chosen_;
};

}  // namespace hal::ctl
