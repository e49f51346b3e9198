#include "runtime/bundle/requirement_record.hpp"

#include <fmt/format.h>

#include <variant>

#include "devices/capability.hpp"
#include "runtime/bundle/names.hpp"

namespace hal::rt {
namespace {

constexpr auto last_relation = static_cast<std::uint8_t>(requirement::relation::matches);

}  // namespace

std::string fault_of(const halb::Requirement &need) {
  const std::string key = need.key()->str();
  if (!is_printable(key) || key.empty()) return "it requires something that has no name";
  if (need.relation() > last_relation)
    return fmt::format("it requires {} by a relation that does not exist ({})", key, need.relation());
  // A key that only a newer library knows is no fault: no device of this one meets it.
  const devices::capability *known = devices::find_capability(key);
  if (known == nullptr) return {};
  const devices::capability_value shape = known->read({});
  const bool is_number = std::holds_alternative<bool>(shape) || std::holds_alternative<std::uint64_t>(shape);
  if (static_cast<requirement::relation>(need.relation()) == requirement::relation::present) return {};
  if (is_number == (need.text() != nullptr))
    return fmt::format("it compares {} with {}", key, is_number ? "a text" : "a number");
  if (need.text() != nullptr && !is_printable(need.text()->string_view()))
    return fmt::format("it compares {} with an unprintable text", key);
  return {};
}

requirement read_requirement(const halb::Requirement &need) {
  requirement read{need.key()->str(), static_cast<requirement::relation>(need.relation()), {}};
  if (need.text() != nullptr)
    read.value = need.text()->str();
  else
    read.value = std::uint64_t{need.number()};
  return read;
}

flatbuffers::Offset<halb::Requirement> write_requirement(flatbuffers::FlatBufferBuilder &into,
                                                         const requirement &need) {
  const auto *number = std::get_if<std::uint64_t>(&need.value);
  const auto key = into.CreateString(need.key);
  const auto text = number != nullptr ? 0 : into.CreateString(std::get<std::string>(need.value));
  return halb::CreateRequirement(into, key, static_cast<std::uint8_t>(need.op), number ? *number : 0, text);
}

}  // namespace hal::rt
