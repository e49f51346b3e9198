#include "runtime/compile/ir_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace hal::rt {
namespace {

constexpr std::string_view copy_prefix = "__clang_ocl_kern_imp_";
// Of the functions of builtins_half.cl, in their mangled names: "_Z11hal_own_expDh".
constexpr std::string_view own_prefix = "hal_own_";

// The functions of builtins_math.cl, each with the letters of the types that it is there for.
struct safe_function {
  std::string_view name;
  std::string_view types;
};
constexpr safe_function safe_functions[] = {
    {"asin", "d"},   {"asinpi", "d"}, {"atan", "d"},   {"atanpi", "d"},     {"cosh", "d"},
    {"erf", "d"},    {"erfc", "f"},   {"expm1", "d"},  {"fmod", "f"},       {"ldexp", "fd"},
    {"lgamma", "f"}, {"pow", "d"},    {"powr", "d"},   {"remainder", "fd"}, {"rootn", "f"},
    {"sin", "d"},    {"sinh", "d"},   {"sinpi", "fd"}, {"tan", "d"},        {"tanpi", "fd"},
};

// "_Z12hal_safe_powdd" for "_Z3powdd"; empty where the function is good as it is.
std::string safe_name(std::string_view mangled) {
  for (const safe_function &known : safe_functions) {
    const std::string before = fmt::format("_Z{}{}", known.name.size(), known.name);
    if (!mangled.starts_with(before)) continue;
    const std::string_view parameters = mangled.substr(before.size());
    // Of a vector: "Dv4_f".
    const std::size_t at = parameters.starts_with("Dv") ? parameters.find('_') + 1 : 0;
    if (at >= parameters.size() || known.types.find(parameters[at]) == std::string_view::npos) continue;
    constexpr std::string_view prefix = "hal_safe_";
    return fmt::format("_Z{}{}{}{}", prefix.size() + known.name.size(), prefix, known.name, parameters);
  }
  return {};
}

void replace_all(std::string &in, std::string_view from, std::string_view to) {
  for (std::size_t at = in.find(from); at != std::string::npos; at = in.find(from, at + to.size()))
    in.replace(at, from.size(), to);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view symbol_of(std::string_view line) {
  const std::size_t at = line.find('@');
  return at == std::string_view::npos ? std::string_view() : symbol_at(line, at);
}

bool is_copy(std::string_view line) {
  return line.starts_with("define ") && symbol_of(line).starts_with(copy_prefix);
}

// "define protected amdgpu_kernel void @f" becomes "define internal void @f" for linkages and visibilities.
void make_internal(std::string &line) {
  for (const std::string_view word : {"dso_local ", "protected ", "hidden ", "weak_odr ", "linkonce_odr "}) {
    const std::size_t at = line.find(word);
    if (at != std::string::npos && at < line.find('@')) line.erase(at, word.size());
  }
  line.insert(std::string_view("define ").size(), "internal ");
}

// The attribute groups of clang's copies: "#1".
std::set<std::string> groups_of_copies(const std::vector<std::string> &lines) {
  std::set<std::string> groups;
  for (const std::string &line : lines) {
    if (!is_copy(line)) continue;
    const std::size_t at = line.find(" #", line.rfind(')'));
    if (at != std::string::npos) groups.insert(line.substr(at + 1, line.find(' ', at + 1) - at - 1));
  }
  return groups;
}

void edit_for_ptx(std::vector<std::string> &lines) {
  const std::set<std::string> groups = groups_of_copies(lines);
  for (std::string &line : lines) {
    replace_all(line, "addrspace(4)", "addrspace(1)");
    // Clang has NVPTX's kernels never inlined, and their copies with them.
    if (line.starts_with("attributes #") && groups.count(line.substr(11, line.find(' ', 11) - 11)) != 0)
      replace_all(line, " noinline ", " alwaysinline ");
  }
}

void edit_for_hsaco(std::vector<std::string> &lines) {
  for (std::string &line : lines) {
    if (line.starts_with("attributes #")) {
      replace_all(line, "\"amdgpu-flat-work-group-size\"=\"1,256\"",
                  "\"amdgpu-flat-work-group-size\"=\"1,1024\"");
    }
  }
}

// ` "key"="value"`, given up to the value.
void erase_value(std::string &line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return;
  const std::size_t end = line.find('"', at + key.size() + 1);
  line.erase(at, end + 1 - at);
}

void edit_for_host(std::vector<std::string> &lines, const std::vector<ir_local> &locals) {
  std::set<std::string_view> shared;
  for (const ir_local &local : locals) shared.insert(local.name);
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [](const std::string &line) { return line.starts_with("target "); }),
              lines.end());
  for (std::string &line : lines) {
    if (line.starts_with("attributes #")) {
      erase_value(line, " \"target-cpu\"=");
      erase_value(line, " \"target-features\"=");
    }
    if (line.starts_with("define ")) replace_all(line, " spir_kernel ", " ");
    if (line.starts_with("@") && shared.count(symbol_of(line)) != 0)
      replace_all(line, "internal global", "internal thread_local global");
  }
}

std::string renamed(const compile_target &target, std::string_view symbol) {
  std::string name(symbol);
  if (!name.starts_with("_Z")) return name;
  if (const std::size_t at = name.find(own_prefix); at != std::string::npos) {
    const std::size_t length = std::stoul(name.substr(2, at - 2)) - own_prefix.size();
    name = fmt::format("_Z{}{}", length, name.substr(at + own_prefix.size()));
  }
  if (target.kind == target_kind::ptx) replace_all(name, "U3AS4", "U3AS1");
  if (target.kind == target_kind::host) {
    for (const std::string_view space :
         {"U8CLglobal", "U7CLlocal", "U10CLconstant", "U9CLprivate", "U9CLgeneric"})
      replace_all(name, space, "");
  }
  return name;
}

// Built-in functions are those that the text declares and does not define.
std::map<std::string, std::string, std::less<>> new_names(const compile_target &target,
                                                          std::vector<std::string> &lines, bool defined_too) {
  std::map<std::string, std::string, std::less<>> names;
  std::set<std::string, std::less<>> known;
  for (const std::string &line : lines) {
    const bool is_definition = defined_too && line.starts_with("define ");
    if (!line.starts_with("declare ") && !is_definition) continue;
    const std::string_view symbol = symbol_of(line);
    if (std::string name = renamed(target, symbol); name != symbol) {
      if (is_definition) known.insert(name);
      names.emplace(symbol, std::move(name));
    } else
      known.emplace(symbol);
  }
  // Two that become one are declared once.
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [&](const std::string &line) {
                               if (!line.starts_with("declare ")) return false;
                               const auto at = names.find(symbol_of(line));
                               return at != names.end() && !known.insert(at->second).second;
                             }),
              lines.end());
  return names;
}

std::string joined(const std::vector<std::string> &lines,
                   const std::map<std::string, std::string, std::less<>> &names) {
  std::string text;
  for (const std::string &line : lines) {
    std::size_t from = 0;
    if (!names.empty()) {
      for (std::size_t at = line.find('@'); at != std::string::npos; at = line.find('@', at + 1)) {
        const std::string_view symbol = symbol_at(line, at);
        const auto found = names.find(symbol);
        if (found == names.end()) continue;
        text.append(line, from, at + 1 - from);
        text += found->second;
        from = at + 1 + symbol.size();
      }
    }
    text.append(line, from);
    text += '\n';
  }
  return text;
}

std::string passed(const ir_parameter &parameter, std::size_t index) {
  if (!parameter.by_value.empty()) {
    const std::size_t at = parameter.attributes.find("align ");
    const std::string alignment =
        at == std::string::npos
            ? std::string()
            : parameter.attributes.substr(at, parameter.attributes.find(' ', at + 6) - at);
    return fmt::format("ptr byval({}) {} %q{}", parameter.by_value, alignment, index);
  }
  std::string extension;
  for (const std::string_view word : {"zeroext", "signext"}) {
    if (parameter.attributes.find(word) != std::string::npos) extension = fmt::format(" {}", word);
  }
  return fmt::format("{}{} %a{}", parameter.type, extension, index);
}

}  // namespace

std::string edited_for(const compile_target &target, std::string_view text,
                       const std::vector<ir_local> &locals, bool defined_too) {
  std::vector<std::string> lines = lines_of(text);
  if (target.kind == target_kind::ptx) edit_for_ptx(lines);
  if (target.kind == target_kind::hsaco) edit_for_hsaco(lines);
  if (target.kind == target_kind::host) edit_for_host(lines, locals);
  for (std::string &line : lines) {
    if (is_copy(line)) make_internal(line);
  }
  const auto names = new_names(target, lines, defined_too);
  return joined(lines, names);
}

std::string with_safe_functions(std::string text) {
  constexpr std::string_view mark = "\ndeclare ";
  std::vector<std::string> called;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::string_view line = std::string_view(text).substr(at + 1, text.find('\n', at + 1) - at - 1);
    if (const std::size_t symbol = line.find("@_Z"); symbol != std::string_view::npos)
      called.emplace_back(symbol_at(line, symbol));
  }
  for (const std::string &name : called) {
    const std::string safe = safe_name(name);
    if (!safe.empty()) replace_all(text, fmt::format("@{}(", name), fmt::format("@{}(", safe));
  }
  return text;
}

std::string host_entries(const ir_text &text) {
  std::string entries =
      "declare void @hal_set_item(i32, i32, i32)\ndeclare void @hal_region_begin(i64, i64, i64)\n";
  for (std::size_t number = 0; number < text.kernels().size(); ++number) {
    const ir_kernel &kernel = text.kernels()[number];
    std::string loads;
    std::string list;
    for (std::size_t index = 0; index < kernel.parameters.size(); ++index) {
      const ir_parameter &parameter = kernel.parameters[index];
      loads += fmt::format(
          "  %p{0} = getelementptr ptr, ptr %arguments, i64 {0}\n  %q{0} = load ptr, ptr %p{0}\n", index);
      if (parameter.by_value.empty())
        loads += fmt::format("  %a{0} = load {1}, ptr %q{0}\n", index, parameter.type);
      list += fmt::format("{}{}", index == 0 ? "" : ", ", passed(parameter, index));
    }
    const std::string call = fmt::format("  call void @{}({}) alwaysinline\n", kernel.name, list);
    entries += fmt::format("define void @hal_item_{}(ptr %arguments) alwaysinline {{\n{}{}  ret void\n}}\n",
                           number, loads, call);
    entries += fmt::format(
        "define void @hal_regions_{}(ptr %arguments, i64 %nx, i64 %ny, i64 %nz) alwaysinline {{\n{}"
        "  call void @hal_region_begin(i64 %nx, i64 %ny, i64 %nz)\n{}  ret void\n}}\n",
        number, loads, call);
    entries +=
        fmt::format(R"(define void @hal_items_{}(ptr %arguments, i32 %nx, i32 %ny, i32 %nz) alwaysinline {{
entry:
{}  br label %planes
planes:
  %z = phi i32 [ 0, %entry ], [ %next.z, %plane.end ]
  br label %rows
rows:
  %y = phi i32 [ 0, %planes ], [ %next.y, %row.end ]
  br label %items
items:
  %x = phi i32 [ 0, %rows ], [ %next.x, %items ]
  call void @hal_set_item(i32 %x, i32 %y, i32 %z)
{}  %next.x = add nuw i32 %x, 1
  %more.x = icmp ult i32 %next.x, %nx
  br i1 %more.x, label %items, label %row.end
row.end:
  %next.y = add nuw i32 %y, 1
  %more.y = icmp ult i32 %next.y, %ny
  br i1 %more.y, label %rows, label %plane.end
plane.end:
  %next.z = add nuw i32 %z, 1
  %more.z = icmp ult i32 %next.z, %nz
  br i1 %more.z, label %planes, label %done
done:
  ret void
}}
)",
                    number, loads, call);
  }
  return entries;
}

}  // namespace hal::rt
