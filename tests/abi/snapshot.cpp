// The layout of the boundary against the committed one.
//   abi-layout --check SNAPSHOT HEADERS   fails when they differ, or when a header names what the layout
//   lacks abi-layout --write SNAPSHOT           makes the snapshot of what is compiled now
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/abi/layout.hpp"

namespace {

namespace fs = std::filesystem;
constexpr int skipped = 77;

using lines = std::vector<std::string>;

lines read_lines(const fs::path &file) {
  std::ifstream stream(file);
  lines all;
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

// "field hal_memory.size offset 8 size 8" -> "field hal_memory.size"; what follows is its value.
std::pair<std::string, std::string> split(const std::string &line) {
  std::size_t end = line.find(' ');
  if (line.substr(0, end) != "abi") end = line.find(' ', end + 1);
  if (end == std::string::npos) return {line, ""};
  return {line.substr(0, end), line.substr(end + 1)};
}

std::map<std::string, std::string> by_name(const lines &from) {
  std::map<std::string, std::string> all;
  for (const std::string &line : from) all.insert(split(line));
  return all;
}

int major_of(const std::string &version) {
  return std::stoi(version);
}

struct difference {
  lines broken;    // changed or gone: needs a new major version
  lines appended;  // needs a new minor version
};

// The version itself, which is compared apart.
bool is_version(const std::string &name) {
  return name == "abi" || name == "value HAL_ABI_MAJOR" || name == "value HAL_ABI_MINOR";
}

difference compare(const lines &before, const lines &now) {
  const auto old_facts = by_name(before);
  const auto new_facts = by_name(now);
  difference found;
  for (const auto &[name, was] : old_facts) {
    if (is_version(name)) continue;
    const auto is = new_facts.find(name);
    if (is == new_facts.end()) {
      found.broken.push_back(name + " is gone; it was " + was);
    } else if (is->second != was) {
      const bool grew =
          name.starts_with("struct ") && std::stoul(is->second.substr(5)) > std::stoul(was.substr(5));
      (grew ? found.appended : found.broken).push_back(name + ": " + was + " became " + is->second);
    }
  }
  for (const auto &[name, is] : new_facts) {
    if (!is_version(name) && !old_facts.contains(name)) found.appended.push_back(name + " is new: " + is);
  }
  return found;
}

std::string without_comments(std::string text) {
  for (std::size_t begin = text.find("/*"); begin != std::string::npos; begin = text.find("/*", begin)) {
    const std::size_t end = text.find("*/", begin);
    text.erase(begin, end == std::string::npos ? end : end + 2 - begin);
  }
  return text;
}

// What the headers define and the layout does not hold.
lines forgotten(const fs::path &headers, const lines &now) {
  std::set<std::string> known;
  for (const std::string &line : now) {
    const std::string name = split(line).first;
    known.insert(name.substr(name.find(' ') + 1));
  }
  static const std::regex definition(
      R"(\b(HAL_[A-Z0-9_]+) = |#define (HAL_[A-Z0-9_]+) [^_]|typedef struct (\w+) \{)");
  lines missing;
  for (const fs::directory_entry &entry : fs::directory_iterator(headers)) {
    std::ifstream stream(entry.path());
    std::stringstream whole;
    whole << stream.rdbuf();
    const std::string text = without_comments(whole.str());
    for (std::sregex_iterator match(text.begin(), text.end(), definition), end; match != end; ++match) {
      for (std::size_t group = 1; group < match->size(); ++group) {
        const std::string name = (*match)[group];
        if (!name.empty() && !known.contains(name)) {
          missing.push_back(entry.path().filename().string() + " defines " + name +
                            "; add it to tests/abi/layout.cpp.");
        }
      }
    }
  }
  return missing;
}

void print(const lines &all) {
  for (const std::string &line : all) std::cout << "  " << line << '\n';
}

int check(const fs::path &file, const fs::path &headers) {
  const lines before = read_lines(file);
  const lines now = hal::test::abi_layout();
  if (before.empty()) {
    std::cout << file.string() << " cannot be read or is empty.\n";
    return 1;
  }
  lines faults = hal::test::abi_holes();
  const lines missing = forgotten(headers, now);
  faults.insert(faults.end(), missing.begin(), missing.end());
  if (!faults.empty()) {
    std::cout << "The layout test does not see everything that crosses the boundary:\n";
    print(faults);
    return 1;
  }
  const std::string old_version = split(before.front()).second;
  const std::string new_version = split(now.front()).second;
  const difference found = compare(before, now);
  if (old_version == new_version && found.broken.empty() && found.appended.empty()) return 0;
  const auto report = [&](const char *headline, const std::string &advice) {
    std::cout << headline << '\n';
    print(found.broken);
    print(found.appended);
    std::cout << advice << '\n';
    return 1;
  };
  const std::string write = "Then write the snapshot anew: abi-layout --write " + file.string();
  if (!found.broken.empty() && major_of(old_version) == major_of(new_version)) {
    return report("The plugin boundary changed in a way that breaks plugins which exist:",
                  "Append instead (fields to the end of a struct, entries to the end of a table, new "
                  "numbers), or raise "
                  "HAL_ABI_MAJOR in hal/abi/plugin.h and set HAL_ABI_MINOR to 0. " +
                      write);
  }
  if (old_version == new_version) {
    return report("The plugin boundary grew without a new version:",
                  "Raise HAL_ABI_MINOR in hal/abi/plugin.h. " + write);
  }
  return report(("The snapshot is of version " + old_version + " of the boundary; the headers have " +
                 new_version + ":")
                    .c_str(),
                write);
}

int write(const fs::path &file) {
  std::ofstream stream(file);
  for (const std::string &line : hal::test::abi_layout()) stream << line << '\n';
  if (stream.flush()) return 0;
  std::cout << file.string() << " cannot be written.\n";
  return 1;
}

}  // namespace

int main(int argc, char **argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (sizeof(void *) != 8 || sizeof(long) != 8) {
    std::cout << "skipped: the snapshot is of machines with 64-bit pointers and longs.\n";
    return skipped;
  }
  if (arguments.size() == 3 && arguments[0] == "--check") return check(arguments[1], arguments[2]);
  if (arguments.size() == 2 && arguments[0] == "--write") return write(arguments[1]);
  std::cout << "usage: abi-layout --check SNAPSHOT HEADERS | --write SNAPSHOT\n";
  return 2;
}
