#include "runtime/halctl/run_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <random>

#include "hal/error.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/near_name.hpp"

namespace hal::ctl {
namespace {

using rt::element;

[[noreturn]] void fail(const std::string &text, const std::string &why) {
  throw error(status::invalid_argument, fmt::format("The argument '{}' {}.", text, why));
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end || code != std::errc{}) return std::nullopt;
  return value;
}

element type_of(const run_argument &of, const std::string &word) {
  if (const auto type = rt::parse_element(word)) return *type;
  fail(of.text, fmt::format("has the type '{}'; known are {}", word, rt::element_names()));
}

std::vector<std::uint64_t> shape_of(const run_argument &of, const std::string &word) {
  if (auto shape = parse_shape(word)) return std::move(*shape);
  fail(of.text,
       fmt::format("has the shape '{}'; a shape is a count or several with x between: 1024, 16x64", word));
}

void read_random(run_argument &made, const std::vector<std::string> &words) {
  made.low = rt::is_real(*made.type) ? -1 : 0;
  made.high = rt::is_real(*made.type) ? 1 : 99;
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::size_t at = words[i].find('=');
    const std::string key = words[i].substr(0, at);
    const std::string value = at == std::string::npos ? std::string() : words[i].substr(at + 1);
    const auto seed = whole<std::uint64_t>(value);
    const auto bound = whole<double>(value);
    if (key == "seed" && seed) {
      made.seed = *seed;
    } else if ((key == "low" || key == "high") && bound && std::isfinite(*bound)) {
      (key == "low" ? made.low : made.high) = *bound;
    } else {
      fail(made.text, fmt::format("has '{}'; behind the shape stand seed=N, low=N and high=N", words[i]));
    }
  }
  constexpr double most = 1L << 53;
  if (made.low > made.high || (!rt::is_real(*made.type) && (std::fabs(made.low) > most || made.high > most)))
    fail(made.text, fmt::format("goes from {} to {}, which is no range for it", made.low, made.high));
}

void read_memory(run_argument &made, const std::vector<std::string> &words) {
  const std::size_t most = made.from == content::random ? 6 : 3;
  if (words.size() < 3 || words.size() > most) {
    fail(made.text, fmt::format("is not of the form {}:TYPE:SHAPE{}", words[0],
                                made.from == content::random ? "[:seed=N][:low=N][:high=N]" : ""));
  }
  made.type = type_of(made, words[1]);
  made.shape = shape_of(made, words[2]);
  made.has_shape = true;
  rt::byte_size_of(made.shape, *made.type);
  if (made.from == content::random) read_random(made, words);
}

void read_npy_argument(run_argument &made, std::string_view rest) {
  const auto word = [&rest] { return rest.substr(0, std::min(rest.find(':'), rest.size())); };
  if (const auto type = rt::parse_element(word()); type && rest.size() > word().size()) {
    made.type = type;
    rest.remove_prefix(word().size() + 1);
    if (auto shape = parse_shape(word()); shape && rest.size() > word().size()) {
      made.shape = std::move(*shape);
      made.has_shape = true;
      rest.remove_prefix(word().size() + 1);
    }
  }
  if (rest.empty()) fail(made.text, "names no file");
  made.file = rest;
}

void read_shared(run_argument &made, const std::vector<std::string> &words) {
  if (words.size() == 3) {
    const element type = type_of(made, words[1]);
    made.size = rt::byte_size_of(shape_of(made, words[2]), type);
  } else if (words.size() == 2) {
    made.size = parse_size(words[1]);
  } else {
    fail(made.text, "is not of the form shared:SIZE or shared:TYPE:COUNT");
  }
  if (made.size == 0 || made.size > UINT32_MAX)
    fail(made.text, fmt::format("asks for {} bytes of each block; it is 1 to {}", made.size, UINT32_MAX));
}

void read_bytes(run_argument &made, std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) fail(made.text, "has no even number of hexadecimal digits");
  for (; !digits.empty(); digits.remove_prefix(2)) {
    unsigned value = 0;
    const auto [stop, code] = std::from_chars(digits.data(), digits.data() + 2, value, 16);
    if (code != std::errc{} || stop != digits.data() + 2) fail(made.text, "has no hexadecimal digits");
    made.bytes.push_back(static_cast<std::byte>(value));
  }
}

void put_numbers(run_argument &made) {
  made.bytes.resize(made.numbers.size() * rt::size_of(*made.type));
  for (std::size_t i = 0; i < made.numbers.size(); ++i)
    rt::put_number(*made.type, made.numbers[i], made.bytes.data() + i * rt::size_of(*made.type));
}

void read_value(run_argument &made, std::string_view rest) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) {
    made.numbers = {std::string(rest)};
    if (!whole<double>(rest) && !rest.starts_with("0x") && !rest.starts_with("-0x")) {
      fail(made.text,
           "is neither a number nor one of TYPE:, bytes:, zeros:, iota:, random:, npy: and shared:");
    }
    return;
  }
  made.type = type_of(made, std::string(rest.substr(0, colon)));
  made.numbers = split(rest.substr(colon + 1), ',');
  put_numbers(made);
}

// The type of a number without one: as wide as the parameter, a real when it looks like one.
element type_for(const run_argument &of, std::uint32_t size, const std::string &place) {
  const std::string &number = of.numbers.front();
  const bool hexadecimal = number.find('x') != std::string::npos;
  const bool real = !hexadecimal && number.find_first_of(".eEnN") != std::string::npos;
  const bool negative = number.starts_with('-');
  switch (size) {
    case 1:
      if (!real) return negative ? element::i8 : element::u8;
      break;
    case 2:
      return real ? element::f16 : negative ? element::i16 : element::u16;
    case 4:
      return real ? element::f32 : negative ? element::i32 : element::u32;
    case 8:
      return real ? element::f64 : negative ? element::i64 : element::u64;
    default:
      break;
  }
  fail(of.text, fmt::format("needs a type: argument {} has {} bytes", place, size));
}

constexpr const char *kind_names[] = {"a value", "memory", "shared memory"};

void check_against(run_argument &given, const bundle_parameter &formal, std::size_t place,
                   const run_parameters &parameters) {
  const std::string where = place_text(place, parameters);
  const bool address =
      !parameters.kinds_known && given.is_memory() && formal.kind == HAL_ARGUMENT_VALUE && formal.size == 8;
  if (given.kind() != formal.kind && !address) {
    throw error(status::invalid_argument,
                fmt::format("Argument {} of kernel '{}' is {}; '{}' is {}.", where, parameters.kernel,
                            kind_names[formal.kind], given.text, kind_names[given.kind()]));
  }
  if (given.kind() != HAL_ARGUMENT_VALUE) return;
  if (given.from == content::number && !given.type) {
    given.type = type_for(given, formal.size, where);
    put_numbers(given);
  }
  if (given.bytes.size() != formal.size) {
    throw error(status::invalid_argument,
                fmt::format("Argument {} of kernel '{}' has {} bytes; '{}' has {}.", where, parameters.kernel,
                            formal.size, given.text, given.bytes.size()));
  }
}

}  // namespace

std::optional<std::vector<std::uint64_t>> parse_shape(std::string_view text) {
  std::vector<std::uint64_t> shape;
  for (const std::string &word : split(text, 'x')) {
    const auto extent = whole<std::uint64_t>(word);
    if (!extent) return std::nullopt;
    shape.push_back(*extent);
  }
  return shape;
}

run_argument parse_argument(const std::string &text) {
  run_argument made;
  made.text = text;
  std::string_view rest = text;
  const std::size_t equals = rest.find('=');
  if (equals != std::string_view::npos && equals < rest.find(':')) {
    made.name = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    if (made.name.empty()) fail(text, "has no name before its '='");
  }
  const std::vector<std::string> words = split(rest, ':');
  constexpr std::pair<std::string_view, content> forms[] = {
      {"bytes", content::bytes},   {"zeros", content::zeros}, {"iota", content::iota},
      {"random", content::random}, {"npy", content::npy},     {"shared", content::shared}};
  const auto form = std::find_if(std::begin(forms), std::end(forms),
                                 [&](const auto &one) { return words.size() > 1 && words[0] == one.first; });
  if (form == std::end(forms)) {
    read_value(made, rest);
    return made;
  }
  made.from = form->second;
  const std::string_view behind = rest.substr(words[0].size() + 1);
  if (made.from == content::bytes) {
    read_bytes(made, behind);
  } else if (made.from == content::npy) {
    read_npy_argument(made, behind);
  } else if (made.from == content::shared) {
    read_shared(made, words);
  } else {
    read_memory(made, words);
  }
  return made;
}

std::string place_text(std::size_t place, const run_parameters &parameters) {
  if (!parameters.list || place >= parameters.list->size() || (*parameters.list)[place].name.empty())
    return std::to_string(place);
  return fmt::format("{} ({})", place, (*parameters.list)[place].name);
}

std::size_t place_of(const std::string &name, std::size_t count, const run_parameters &parameters) {
  std::vector<std::string> names;
  if (parameters.list) {
    for (const bundle_parameter &one : *parameters.list) names.push_back(one.name);
    const auto named = std::find(names.begin(), names.end(), name);
    if (named != names.end()) return static_cast<std::size_t>(named - names.begin());
  }
  if (const auto number = whole<std::size_t>(name)) {
    if (*number < count) return *number;
    throw error(status::invalid_argument,
                fmt::format("Kernel '{}' has {} arguments, numbered from 0; {} was named.", parameters.kernel,
                            count, *number));
  }
  std::erase(names, std::string());
  if (names.empty()) {
    throw error(status::invalid_argument,
                fmt::format("'{}' names no argument: the code of kernel '{}' does not tell the names of its "
                            "parameters; use their numbers, from 0.",
                            name, parameters.kernel));
  }
  const std::string near = rt::nearest(name, names);
  throw error(
      status::invalid_argument,
      fmt::format("Kernel '{}' has no parameter '{}'{}; it has {}.", parameters.kernel, name,
                  near.empty() ? "" : fmt::format(" (is '{}' meant?)", near), fmt::join(names, ", ")));
}

std::vector<run_argument> bind_arguments(std::vector<run_argument> given, const run_parameters &parameters) {
  const std::size_t count = parameters.list ? parameters.list->size() : given.size();
  if (given.size() != count) {
    throw error(status::invalid_argument, fmt::format("Kernel '{}' takes {} arguments; given are {}.",
                                                      parameters.kernel, count, given.size()));
  }
  std::vector<std::optional<run_argument>> places(count);
  const auto put = [&](std::size_t place, run_argument &argument) {
    if (places[place]) {
      throw error(
          status::invalid_argument,
          fmt::format("Argument {} of kernel '{}' is given twice: '{}' and '{}'.",
                      place_text(place, parameters), parameters.kernel, places[place]->text, argument.text));
    }
    places[place] = std::move(argument);
  };
  const auto in_order = std::stable_partition(given.begin(), given.end(),
                                              [](const run_argument &one) { return !one.name.empty(); });
  for (auto named = given.begin(); named != in_order; ++named)
    put(place_of(named->name, count, parameters), *named);
  std::size_t next = 0;
  for (auto one = in_order; one != given.end(); ++one) {
    while (places[next]) ++next;
    put(next, *one);
  }
  std::vector<run_argument> bound;
  for (std::size_t place = 0; place < count; ++place) {
    run_argument &argument = *places[place];
    if (parameters.list) {
      check_against(argument, (*parameters.list)[place], place, parameters);
    } else if (argument.from == content::number && !argument.type) {
      fail(argument.text, "needs a type, as f32:2.0: nothing tells the kernel's parameters");
    }
    bound.push_back(std::move(argument));
  }
  return bound;
}

rt::array contents_of(const run_argument &argument) {
  if (argument.from == content::npy) {
    rt::array read = rt::read_npy(argument.file);
    const bool agrees = (!argument.type || *argument.type == read.type) &&
                        (!argument.has_shape || argument.shape == read.shape);
    if (agrees) return read;
    throw error(
        status::invalid_argument,
        fmt::format("'{}' holds {} of {}; {} of {} was said.", argument.file, rt::shape_text(read.shape),
                    to_string(read.type), argument.has_shape ? rt::shape_text(argument.shape) : "any number",
                    to_string(*argument.type)));
  }
  rt::array made{*argument.type, argument.shape, {}};
  made.bytes.resize(rt::byte_size_of(made.shape, made.type));
  if (argument.from == content::zeros) return made;
  const std::size_t size = rt::size_of(made.type);
  // The standard fixes what this engine gives, and nothing of its distributions.
  std::mt19937_64 engine(argument.seed);
  const double range = argument.high - argument.low;
  for (std::size_t at = 0, i = 0; at < made.bytes.size(); at += size, ++i) {
    std::byte *to = made.bytes.data() + at;
    if (argument.from == content::iota) {
      if (rt::is_real(made.type)) {
        rt::put_real(made.type, static_cast<double>(i), to);
      } else {
        rt::put_integer(made.type, i, to);
      }
      continue;
    }
    const double part = static_cast<double>(engine() >> 11) * 0x1p-53;  // from 0 up to 1
    if (rt::is_real(made.type)) {
      rt::put_real(made.type, argument.low + part * range, to);
    } else {
      const double value = std::min(std::floor(argument.low + part * (range + 1)), argument.high);
      rt::put_integer(made.type, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)), to);
    }
  }
  return made;
}

}  // namespace hal::ctl
