#include "discovery/target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace hal::discovery {
namespace {

// ---- sm_XY ----

struct sm_target {
  unsigned number = 0;  // 90, 103
  char suffix = 0;      // 'a', 'f' or nothing

  unsigned major() const { return number / 10; }
  unsigned minor() const { return number % 10; }
};

std::optional<sm_target> parse_sm(std::string_view text) {
  if (text.starts_with("compute_"))
    text.remove_prefix(8);
  else if (text.starts_with("sm_"))
    text.remove_prefix(3);
  else
    return std::nullopt;
  sm_target target;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), target.number);
  if (code != std::errc{}) return std::nullopt;
  const std::string_view rest(end, text.data() + text.size() - end);
  if (rest.size() > 1 || (rest.size() == 1 && rest != "a" && rest != "f")) return std::nullopt;
  if (!rest.empty()) target.suffix = rest.front();
  return target;
}

target_fit fit_of_sm(std::string_view code, std::string_view device, bool translated) {
  const auto made_for = parse_sm(code);
  const auto runs = parse_sm(device);
  if (!made_for || !runs) return target_fit::none;
  if (made_for->number == runs->number) return translated ? target_fit::translated : target_fit::exact;
  if (made_for->suffix == 'a' || made_for->number > runs->number) return target_fit::none;
  const bool same_family = made_for->major() == runs->major();
  if (made_for->suffix == 'f' && !same_family) return target_fit::none;
  if (translated) return target_fit::translated;
  return same_family ? target_fit::compatible : target_fit::none;
}

// ---- gfx ----

struct generic_processor {
  std::string_view name;
  std::array<std::string_view, 10> members;
};

constexpr generic_processor generic_processors[] = {
    {"gfx9-generic", {"gfx900", "gfx902", "gfx904", "gfx906", "gfx909", "gfx90c"}},
    {"gfx9-4-generic", {"gfx942", "gfx950", "gfx940", "gfx941"}},
    {"gfx10-1-generic", {"gfx1010", "gfx1011", "gfx1012", "gfx1013"}},
    {"gfx10-3-generic", {"gfx1030", "gfx1031", "gfx1032", "gfx1033", "gfx1034", "gfx1035", "gfx1036"}},
    {"gfx11-generic",
     {"gfx1100", "gfx1101", "gfx1102", "gfx1103", "gfx1150", "gfx1151", "gfx1152", "gfx1153"}},
    {"gfx12-generic", {"gfx1200", "gfx1201"}},
};

std::string_view processor_of(std::string_view target) {
  return target.substr(0, target.find(':'));
}

// '+', '-', or 0 when the target does not name the feature.
char setting_of(std::string_view target, std::string_view feature) {
  for (std::size_t at = target.find(':'); at != std::string_view::npos; at = target.find(':', at + 1)) {
    const std::string_view rest = target.substr(at + 1);
    if (rest.starts_with(feature) && rest.size() > feature.size()) return rest[feature.size()];
  }
  return 0;
}

// Code that names no setting runs with either.
bool agrees(std::string_view code, std::string_view device, std::string_view feature) {
  const char wanted = setting_of(code, feature);
  return wanted == 0 || wanted == setting_of(device, feature);
}

target_fit fit_of_gfx(std::string_view code, std::string_view device) {
  if (!agrees(code, device, "xnack") || !agrees(code, device, "sramecc")) return target_fit::none;
  const std::string_view made_for = processor_of(code);
  const std::string_view runs = processor_of(device);
  if (made_for == runs) return target_fit::exact;
  for (const generic_processor &generic : generic_processors) {
    if (generic.name != made_for) continue;
    const bool covered =
        std::find(generic.members.begin(), generic.members.end(), runs) != generic.members.end();
    return covered && !runs.empty() ? target_fit::generic : target_fit::none;
  }
  return target_fit::none;
}

// ---- SPIR-V ----

// 102 for "spirv1.2" and for "spirv64v1.2"; 0 when no version is named.
std::optional<unsigned> parse_spirv(std::string_view text) {
  if (!text.starts_with("spirv")) return std::nullopt;
  text.remove_prefix(5);
  if (text.starts_with("32") || text.starts_with("64")) text.remove_prefix(2);
  if (text.starts_with("v")) text.remove_prefix(1);
  if (text.empty()) return 0;
  unsigned major = 0;
  unsigned minor = 0;
  const char *end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  if (second.ec != std::errc{} || second.ptr != end || minor > 99) return std::nullopt;
  return major * 100 + minor;
}

target_fit fit_of_spirv(std::string_view code, std::string_view device) {
  const auto made_for = parse_spirv(code);
  const auto runs = parse_spirv(device);
  if (!made_for || !runs) return target_fit::none;
  if (*made_for == *runs) return target_fit::exact;
  return *runs == 0 || *made_for < *runs ? target_fit::compatible : target_fit::none;
}

}  // namespace

target_fit fit_of(std::string_view format, std::string_view code, std::string_view device) {
  if (format == "cubin" || format == "fatbin") return fit_of_sm(code, device, false);
  if (format == "ptx") return fit_of_sm(code, device, true);
  if (format == "hsaco") return fit_of_gfx(code, device);
  if (format == "spirv") return fit_of_spirv(code, device);
  return code == device ? target_fit::exact : target_fit::none;
}

int readiness(std::string_view format) {
  if (format == "ptx" || format == "spirv" || format == "spir") return 2;
  if (format == "opencl-c" || format == "cl" || format == "hip" || format == "hiprtc" || format == "cuda-c")
    return 1;
  return 3;
}

}  // namespace hal::discovery
