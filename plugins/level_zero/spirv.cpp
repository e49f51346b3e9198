// read_spirv of image.hpp: the parts of the SPIR-V specification that say how a kernel is called.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "plugins/level_zero/image.hpp"

namespace hal::plugins::level_zero {
namespace {

constexpr std::uint32_t magic = 0x07230203;
constexpr std::size_t header_words = 5;

enum opcode : std::uint32_t {
  op_name = 5,
  op_entry_point = 15,
  op_execution_mode = 16,
  op_type_void = 19,
  op_type_bool = 20,
  op_type_int = 21,
  op_type_float = 22,
  op_type_vector = 23,
  op_type_array = 28,
  op_type_struct = 30,
  op_type_opaque = 31,
  op_type_pointer = 32,
  op_type_function = 33,
  op_constant = 43,
  op_spec_constant_true = 48,
  op_spec_constant_false = 49,
  op_spec_constant = 50,
  op_function = 54,
  op_function_parameter = 55,
  op_function_end = 56,
  op_decorate = 71
};
enum : std::uint32_t { model_kernel = 6, mode_local_size = 17 };
enum : std::uint32_t { decoration_spec_id = 1, decoration_packed = 10, decoration_parameter_attribute = 38 };
enum : std::uint32_t { decoration_alignment = 44, attribute_by_value = 2 };
enum : std::uint32_t { storage_uniform_constant = 0, storage_workgroup = 4, storage_cross_workgroup = 5 };
enum : std::uint32_t { storage_function = 7 };

struct instruction {
  std::uint32_t code = 0;
  std::vector<std::uint32_t> words;  // operands, without the first word

  std::uint32_t at(std::size_t index) const { return index < words.size() ? words[index] : 0; }
};

// Sizes as OpenCL lays values out.
struct extent {
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
};

class reader {
 public:
  explicit reader(std::span<const std::byte> module) : module_(module) {}

  image read() {
    found_.fault = walk();
    if (!found_.fault.empty()) return std::move(found_);
    for (const auto &[function, name] : entries_) add_kernel(function, name);
    for (const auto &[id, number] : spec_ids_) add_constant(id, number);
    if (!found_.fault.empty()) return std::move(found_);
    std::sort(found_.constants.begin(), found_.constants.end(),
              [](const auto &one, const auto &other) { return one.id < other.id; });
    return std::move(found_);
  }

 private:
  std::uint32_t word(std::size_t index) const {
    std::uint32_t value = 0;
    std::memcpy(&value, module_.data() + index * sizeof value, sizeof value);
    return value;
  }

  std::string walk() {
    if (module_.size() < header_words * sizeof(std::uint32_t)) return "it is too short for a SPIR-V header";
    if (word(0) == __builtin_bswap32(magic)) return "it is SPIR-V of the other byte order";
    if (word(0) != magic) return "it does not begin as SPIR-V does";
    if (module_.size() % sizeof(std::uint32_t) != 0) return "it ends within a word: it is cut short";
    found_.version = (word(1) >> 16 & 0xffu) << 16 | (word(1) >> 8 & 0xffu);
    bound_ = word(3);
    const std::size_t count = module_.size() / sizeof(std::uint32_t);
    bool inside = false;
    for (std::size_t at = header_words; at < count;) {
      const std::uint32_t length = word(at) >> 16;
      if (length == 0 || length > count - at)
        return fmt::format("the instruction at word {} of {} is cut short", at, count);
      instruction next;
      next.code = word(at) & 0xffffu;
      for (std::uint32_t i = 1; i < length; ++i) next.words.push_back(word(at + i));
      if (next.code == op_function) inside = true;
      if (next.code == op_function_end) inside = false;
      take(next);
      at += length;
    }
    if (inside) return "its last function does not end: it is cut short";
    for (const auto &[function, name] : entries_) {
      if (functions_.count(function) == 0)
        return fmt::format("its kernel \"{}\" is not defined: it is cut short", name);
    }
    return entries_.empty() ? "it has no kernel" : "";
  }

  std::string text(const instruction &from, std::size_t first) const {
    std::string out;
    for (std::size_t i = first; i < from.words.size(); ++i) {
      for (int byte = 0; byte < 4; ++byte) {
        const char letter = static_cast<char>(from.words[i] >> (8 * byte) & 0xffu);
        if (letter == '\0') return out;
        out += letter;
      }
    }
    return out;
  }

  void take(const instruction &next) {
    switch (next.code) {
      case op_name:
        names_[next.at(0)] = text(next, 1);
        break;
      case op_entry_point:
        if (next.at(0) == model_kernel) entries_[next.at(1)] = text(next, 2);
        break;
      case op_execution_mode:
        if (next.at(1) == mode_local_size && next.words.size() >= 5)
          required_[next.at(0)] = {next.at(2), next.at(3), next.at(4)};
        break;
      case op_decorate:
        take_decoration(next);
        break;
      case op_function:
        function_ = next.at(1);
        functions_[function_] = {};
        break;
      case op_function_parameter:
        functions_[function_].push_back({next.at(0), next.at(1)});
        break;
      case op_constant:
      case op_spec_constant:
      case op_spec_constant_true:
      case op_spec_constant_false:
        constants_[next.at(1)] = next;
        break;
      default:
        if (next.code >= op_type_void && next.code <= op_type_function) types_[next.at(0)] = next;
    }
  }

  void take_decoration(const instruction &next) {
    const std::uint32_t target = next.at(0);
    if (next.at(1) == decoration_spec_id) spec_ids_[target] = next.at(2);
    if (next.at(1) == decoration_packed) packed_.insert(target);
    if (next.at(1) == decoration_alignment) alignments_[target] = next.at(2);
    if (next.at(1) == decoration_parameter_attribute && next.at(2) == attribute_by_value)
      by_value_.insert(target);
  }

  // Nothing for a type that no value has, and for one that is nested more deeply than any compiler does.
  std::optional<extent> extent_of(std::uint32_t type, int depth = 0) const {
    const auto found = types_.find(type);
    if (found == types_.end() || depth > 32) return std::nullopt;
    const instruction &is = found->second;
    switch (is.code) {
      case op_type_bool:
        return extent{1, 1};
      case op_type_int:
      case op_type_float:
        return extent{is.at(1) / 8, std::max(is.at(1) / 8, 1u)};
      case op_type_pointer:
        return extent{8, 8};
      case op_type_vector:
        return vector_extent(is, depth);
      case op_type_array:
        return array_extent(is, depth);
      case op_type_struct:
        return struct_extent(type, is, depth);
      default:
        return std::nullopt;
    }
  }

  std::optional<extent> vector_extent(const instruction &is, int depth) const {
    const auto of = extent_of(is.at(1), depth + 1);
    if (!of) return std::nullopt;
    // Three elements take the room of four.
    const std::uint32_t count = is.at(2) == 3 ? 4 : is.at(2);
    return extent{of->size * count, of->size * count};
  }

  std::optional<extent> array_extent(const instruction &is, int depth) const {
    const auto of = extent_of(is.at(1), depth + 1);
    const auto count = constants_.find(is.at(2));
    if (!of || count == constants_.end()) return std::nullopt;
    return extent{of->size * count->second.at(2), of->alignment};
  }

  std::optional<extent> struct_extent(std::uint32_t type, const instruction &is, int depth) const {
    extent whole;
    for (std::size_t i = 1; i < is.words.size(); ++i) {
      const auto member = extent_of(is.words[i], depth + 1);
      if (!member) return std::nullopt;
      const std::uint32_t alignment = packed_.count(type) != 0 ? 1 : member->alignment;
      whole.size = (whole.size + alignment - 1) / alignment * alignment + member->size;
      whole.alignment = std::max(whole.alignment, alignment);
    }
    whole.size = (whole.size + whole.alignment - 1) / whole.alignment * whole.alignment;
    return whole;
  }

  void add_kernel(std::uint32_t function, const std::string &name) {
    image_kernel made;
    made.name = name;
    for (const auto &[type, id] : functions_[function]) {
      const std::optional<image_parameter> formal = parameter_of(type, id);
      if (!formal) {
        found_.fault =
            fmt::format("a parameter of its kernel \"{}\" is of a type that no argument has", name);
        return;
      }
      made.parameters.push_back(*formal);
    }
    const auto block = required_.find(function);
    if (block != required_.end()) std::copy_n(block->second.begin(), 3, made.required_block);
    found_.kernels.push_back(std::move(made));
  }

  std::optional<image_parameter> parameter_of(std::uint32_t type, std::uint32_t id) const {
    image_parameter made;
    if (const auto name = names_.find(id); name != names_.end()) made.name = name->second;
    const auto found = types_.find(type);
    if (found == types_.end()) return std::nullopt;
    const instruction &is = found->second;
    if (is.code == op_type_pointer && !(is.at(1) == storage_function || by_value_.count(id) != 0)) {
      made.kind = is.at(1) == storage_workgroup ? HAL_ARGUMENT_SHARED : HAL_ARGUMENT_MEMORY;
      made.size = made.kind == HAL_ARGUMENT_SHARED ? 0 : 8;
      made.alignment = 8;
      if (made.kind == HAL_ARGUMENT_SHARED) {
        const auto of = extent_of(is.at(2));
        made.alignment = of ? of->alignment : 8;
      }
      return made;
    }
    // A record that is passed by value is a pointer to private memory.
    const auto of = extent_of(is.code == op_type_pointer ? is.at(2) : type);
    if (!of || of->size == 0) return std::nullopt;
    made.size = of->size;
    made.alignment = of->alignment;
    if (const auto aligned = alignments_.find(id); aligned != alignments_.end())
      made.alignment = std::max(made.alignment, aligned->second);
    return made;
  }

  void add_constant(std::uint32_t id, std::uint32_t number) {
    const auto found = constants_.find(id);
    if (found == constants_.end()) return;
    const auto type = types_.find(found->second.at(0));
    const auto of = extent_of(found->second.at(0));
    if (type != types_.end() && of)
      found_.constants.push_back({number, of->size, type->second.code == op_type_float});
  }

  const std::span<const std::byte> module_;
  image found_;
  std::uint32_t bound_ = 0;
  std::uint32_t function_ = 0;
  struct parameter {
    std::uint32_t type, id;
  };
  std::map<std::uint32_t, std::string> names_;
  std::map<std::uint32_t, std::string> entries_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> required_;
  std::map<std::uint32_t, std::vector<parameter>> functions_;
  std::map<std::uint32_t, instruction> types_;
  std::map<std::uint32_t, instruction> constants_;
  std::map<std::uint32_t, std::uint32_t> spec_ids_;
  std::map<std::uint32_t, std::uint32_t> alignments_;
  std::set<std::uint32_t> packed_;
  std::set<std::uint32_t> by_value_;
};

}  // namespace

image read_spirv(std::span<const std::byte> module) {
  return reader(module).read();
}

}  // namespace hal::plugins::level_zero
