// Part of the hal-pci module and of discovery: makes a dump written by lspci safe for libpci.
//
// libpci 3.9 refuses a whole dump for one line of 255 characters (verbose listings have them) or one damaged
// row, and a row offset above 7fffffff makes it write before its buffer. So it gets only the lines that it
// needs, rewritten: the address that begins a function, rows of configuration space, and the blank lines
// between functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hal::discovery {

struct clean_dump {
  std::string text;                   // what libpci may read
  std::vector<std::string> warnings;  // what was left out, with line numbers
};

clean_dump clean_up_dump(std::string_view dump);

// The whole of a plain file of at most 64 MiB; false leaves the reason in `error`.
bool read_plain_file(const std::string &path, std::string &text, std::string &error);

}  // namespace hal::discovery
