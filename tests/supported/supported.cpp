// Holds the tables of docs/supported.md against the plugins' own tables, so that they cannot drift: which
// entries there are, and whether a plugin tells figures.
//   supported --check DOC LAYOUT NAME=PLUGIN.so...
//   supported --print LAYOUT NAME=PLUGIN.so...        the rows, to be put into the page
// LAYOUT is tests/abi/layout.txt, which names every entry and its place. A plugin is only queried.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/plugin.h"

namespace {

struct entry {
  std::string name;
  std::size_t offset = 0;
};

// "field hal_device_table.device_close offset 8 size 8 slot 0"
std::vector<entry> read_entries(const char *path) {
  std::vector<entry> entries;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string kind, name, skipped;
    entry one;
    words >> kind >> name >> skipped >> one.offset;
    constexpr std::string_view table = "hal_device_table.";
    if (kind != "field" || !name.starts_with(table) || line.find(" slot ") == std::string::npos) continue;
    one.name = name.substr(table.size());
    entries.push_back(one);
  }
  return entries;
}

void ignore(void *, hal_log_level, const char *) {}

// The names of the entries that a plugin has.
struct plugin {
  std::string name;
  std::map<std::string, bool> has;
  bool tells_figures = false;
};

plugin read_plugin(const std::string &argument, const std::vector<entry> &entries) {
  plugin made;
  const std::size_t at = argument.find('=');
  made.name = argument.substr(0, at);
  void *object = dlopen(argument.c_str() + at + 1, RTLD_NOW | RTLD_LOCAL);
  const auto query =
      object == nullptr ? nullptr
                        : reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  static constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};
  const hal_plugin *found = query == nullptr ? nullptr : query(&host);
  if (found == nullptr) {
    std::printf("%s cannot be queried.\n", argument.c_str());
    return made;
  }
  made.tells_figures = found->metrics != nullptr;
  for (const entry &one : entries) {
    void *function = nullptr;
    if (one.offset + sizeof function <= found->device->struct_size)
      std::memcpy(&function, reinterpret_cast<const char *>(found->device) + one.offset, sizeof function);
    made.has[one.name] = function != nullptr;
  }
  return made;
}

std::vector<std::string> cells_of(const std::string &line) {
  std::vector<std::string> cells;
  std::istringstream parts(line);
  for (std::string cell; std::getline(parts, cell, '|');) {
    const std::size_t from = cell.find_first_not_of(" `");
    cells.push_back(from == std::string::npos ? ""
                                              : cell.substr(from, cell.find_last_not_of(" `") - from + 1));
  }
  if (!cells.empty()) cells.erase(cells.begin());
  return cells;
}

// A table of the page: its heading, and its rows by their first cell.
struct page_table {
  std::vector<std::string> columns;
  std::map<std::string, std::vector<std::string>> rows;

  // 0: there is none.
  std::size_t column(const std::string &name) const {
    for (std::size_t at = 1; at < columns.size(); ++at) {
      if (columns[at] == name) return at;
    }
    return 0;
  }
};

// The table whose heading begins with that cell; it ends with the first line that is no row.
page_table read_table(const char *page, const std::string &heading) {
  page_table made;
  std::ifstream in(page);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> cells = cells_of(line);
    const bool is_row = line.starts_with('|') && !cells.empty();
    if (made.columns.empty()) {
      if (is_row && cells[0] == heading) made.columns = cells;
      continue;
    }
    if (!is_row) break;
    if (cells.size() == made.columns.size() && !cells[0].starts_with("---")) made.rows[cells[0]] = cells;
  }
  return made;
}

void print(const std::vector<entry> &entries, const std::vector<plugin> &plugins) {
  std::string head = "| entry |", rule = "|---|";
  for (const plugin &one : plugins) {
    head += " " + one.name + " |";
    rule += "---|";
  }
  std::printf("%s\n%s\n", head.c_str(), rule.c_str());
  for (const entry &one : entries) {
    std::printf("| `%s` |", one.name.c_str());
    for (const plugin &of : plugins) std::printf(" %s |", of.has.at(one.name) ? "yes" : "-");
    std::printf("\n");
  }
}

int check(const char *page, const std::vector<entry> &entries, const std::vector<plugin> &plugins) {
  const page_table told_entries = read_table(page, "entry");
  const page_table told_figures = read_table(page, "figure");
  int faults = 0;
  const auto complain = [&](const std::string &text) {
    std::printf("%s\n", text.c_str());
    ++faults;
  };
  for (const plugin &one : plugins) {
    if (one.has.empty()) complain(one.name + " has no table.");
    const std::size_t column = told_entries.column(one.name);
    const std::size_t figures = told_figures.column(one.name);
    if (column == 0 || figures == 0) {
      complain("A table of the page has no column for " + one.name + ".");
      continue;
    }
    bool any = false;
    for (const auto &[name, cells] : told_figures.rows) any = any || cells[figures] != "-";
    if (any != one.tells_figures)
      complain(one.name + (one.tells_figures ? " tells figures" : " tells no figures") +
               "; the page says otherwise.");
    for (const entry &of : entries) {
      const auto row = told_entries.rows.find(of.name);
      if (row == told_entries.rows.end()) {
        complain("The page has no row for " + of.name + ".");
        continue;
      }
      const bool told = row->second[column] == "yes";
      const auto found = one.has.find(of.name);
      if (found != one.has.end() && found->second != told)
        complain(one.name + (found->second ? " has " : " does not have ") + of.name +
                 "; the page says otherwise.");
    }
  }
  if (faults != 0) std::printf("--print writes the rows of the entries anew.\n");
  return faults == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char **words) {
  const bool checks = count > 3 && std::strcmp(words[1], "--check") == 0;
  const bool prints = count > 2 && std::strcmp(words[1], "--print") == 0;
  if (!checks && !prints) {
    std::puts("usage: supported --check DOC LAYOUT NAME=PLUGIN.so... | --print LAYOUT NAME=PLUGIN.so...");
    return 2;
  }
  int at = checks ? 3 : 2;
  const std::vector<entry> entries = read_entries(words[at++]);
  if (entries.empty()) {
    std::puts("The layout names no entries.");
    return 2;
  }
  std::vector<plugin> plugins;
  for (; at < count; ++at) plugins.push_back(read_plugin(words[at], entries));
  if (prints) {
    print(entries, plugins);
    return 0;
  }
  return check(words[2], entries, plugins);
}
