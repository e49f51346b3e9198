#include "runtime/probing/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "devices/text.hpp"

namespace hal::rt {
namespace {

constexpr std::uint32_t frame_magic = 0x504c4148;  // "HALP"
constexpr std::uint16_t frame_version = 1;
constexpr std::uint32_t most_texts = 64;  // of one list in a device

enum class frame_kind : std::uint16_t { phase = 1, log, device, warning, answer, refusal };

struct frame_header {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t kind;
  std::uint32_t size;
};

// What the reader throws at itself; never leaves this file.
struct damaged {
  std::string why;
};

class writer {
 public:
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void operator()(const Number &value) {
    bytes_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void operator()(const std::string &text) { put(text); }
  void operator()(const std::vector<std::string> &texts) {
    const std::size_t count = std::min<std::size_t>(texts.size(), most_texts);
    (*this)(static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < count; ++i) put(texts[i]);
  }
  void put(std::string_view text) {
    text = text.substr(0, most_text_bytes);
    (*this)(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  void raw(const void *from, std::size_t size) { bytes_.append(static_cast<const char *>(from), size); }

  std::string frame(frame_kind kind) const {
    const frame_header header{frame_magic, frame_version, static_cast<std::uint16_t>(kind),
                              static_cast<std::uint32_t>(bytes_.size())};
    std::string whole(reinterpret_cast<const char *>(&header), sizeof header);
    return whole += bytes_;
  }

 private:
  std::string bytes_;
};

class reader {
 public:
  explicit reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number &value) { raw(&value, sizeof value); }
  void operator()(std::string &text) {
    const auto size = get<std::uint32_t>();
    if (size > most_text_bytes)
      throw damaged{fmt::format("a text of {} bytes is longer than {}", size, most_text_bytes)};
    need(size);
    text = devices::printable(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
  }
  void operator()(std::vector<std::string> &texts) {
    const auto count = get<std::uint32_t>();
    if (count > most_texts)
      throw damaged{fmt::format("a list of {} texts is longer than {}", count, most_texts)};
    texts.resize(count);
    for (std::string &text : texts) (*this)(text);
  }
  template <typename Value>
  Value get() {
    Value value{};
    (*this)(value);
    return value;
  }
  void raw(void *into, std::size_t size) {
    need(size);
    std::memcpy(into, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  void end() const {
    if (!bytes_.empty()) throw damaged{fmt::format("{} bytes are left over in a frame", bytes_.size())};
  }

 private:
  void need(std::size_t size) const {
    if (size > bytes_.size()) throw damaged{"a frame ends within a value"};
  }

  std::string_view bytes_;
};

// Every member but the plugin's name, which the parent knows, and the identity, which has parts that may
// lack.
template <typename Archive, typename Info>
void plain_members(Archive &archive, Info &info) {
  archive(info.index);
  archive(info.name);
  archive(info.vendor);
  archive(info.driver_version);
  archive(info.vendor_id);
  archive(info.device_id);
  archive(info.memory_total);
  archive(info.max_allocation);
  archive(info.memory_bandwidth);
  archive(info.l2_cache_size);
  archive(info.memory_bus_width);
  archive(info.cache_line_size);
  archive(info.allocation_alignment);
  archive(info.compute_units);
  archive(info.max_block_items);
  for (auto &extent : info.max_block) archive(extent);
  for (auto &extent : info.max_grid) archive(extent);
  archive(info.subgroup_size);
  archive(info.max_items_per_unit);
  archive(info.registers_per_block);
  archive(info.max_arguments_size);
  archive(info.shared_memory_per_block);
  archive(info.max_dynamic_shared_memory);
  archive(info.clock_rate);
  archive(info.data_types);
  archive(info.features);
  archive(info.peak_f64);
  archive(info.peak_f32);
  archive(info.peak_f16);
  archive(info.peak_bf16);
  archive(info.peak_f8);
  archive(info.peak_i8);
  archive(info.module_formats);
  archive(info.targets);
}

device_info read_device(reader &in, std::string_view plugin) {
  device_info info;
  info.plugin = plugin;
  const auto type = in.get<std::uint32_t>();
  if (type > HAL_DEVICE_TYPE_COPROCESSOR) throw damaged{fmt::format("there is no device type {}", type)};
  info.type = static_cast<device_type>(type);
  const auto valid = in.get<std::uint8_t>();
  if ((valid & ~0x7u) != 0) throw damaged{fmt::format("an identity has the marks {:#x}", valid)};
  if ((valid & HAL_IDENTITY_PCI) != 0) {
    pci_address &at = info.identity.pci.emplace();
    in(at.domain);
    in(at.bus);
    in(at.device);
    in(at.function);
    if (at.device > 31 || at.function > 7) throw damaged{"a PCI address is none"};
  }
  if ((valid & HAL_IDENTITY_UUID) != 0) in.raw(info.identity.uuid.emplace().bytes.data(), 16);
  if ((valid & HAL_IDENTITY_PARTITION) != 0) in(info.identity.partition.emplace());
  plain_members(in, info);
  return info;
}

log_level read_level(reader &in) {
  const auto level = in.get<std::int32_t>();
  return static_cast<log_level>(std::clamp<std::int32_t>(level, HAL_LOG_ERROR, HAL_LOG_DEBUG));
}

void read_frame(frame_kind kind, reader in, std::string_view plugin, probe_report &into) {
  switch (kind) {
    case frame_kind::phase: {
      const auto phase = in.get<std::uint8_t>();
      if (phase > static_cast<std::uint8_t>(probe_phase::describing) ||
          phase <= static_cast<std::uint8_t>(into.phase)) {
        throw damaged{fmt::format("phase {} does not follow phase {}", phase, static_cast<int>(into.phase))};
      }
      into.phase = static_cast<probe_phase>(phase);
      break;
    }
    case frame_kind::log: {
      const log_level level = read_level(in);
      into.log.emplace_back(level, in.get<std::string>());
      if (into.log.size() > most_log_lines) throw damaged{"it has too many log lines"};
      break;
    }
    case frame_kind::device: {
      device_info info = read_device(in, plugin);
      if (info.index >= most_devices || (!into.devices.empty() && info.index <= into.devices.back().index))
        throw damaged{fmt::format("device {} is out of order", info.index)};
      into.devices.push_back(std::move(info));
      break;
    }
    case frame_kind::warning:
      into.warnings.push_back(in.get<std::string>());
      break;
    case frame_kind::answer:
      in(into.version);
      into.verdict = probe_verdict::answered;
      break;
    case frame_kind::refusal: {
      const auto verdict = in.get<std::uint8_t>();
      if (verdict != static_cast<std::uint8_t>(probe_verdict::refused) &&
          verdict != static_cast<std::uint8_t>(probe_verdict::probe_failed)) {
        throw damaged{fmt::format("there is no verdict {}", verdict)};
      }
      into.code = static_cast<status>(in.get<std::int32_t>());
      in(into.native_code);
      in(into.text);
      into.verdict = static_cast<probe_verdict>(verdict);
      break;
    }
    default:
      throw damaged{fmt::format("there is no kind of frame {}", static_cast<int>(kind))};
  }
  in.end();
}

}  // namespace

std::string_view to_string(probe_phase phase) noexcept {
  switch (phase) {
    case probe_phase::starting:
      return "before its library was loaded";
    case probe_phase::loading:
      return "while its library was loaded";
    case probe_phase::asking:
      return "while it was asked for its table";
    case probe_phase::probing:
      return "while it looked for devices";
    case probe_phase::describing:
      break;
  }
  return "while it described its devices";
}

std::string phase_frame(probe_phase phase) {
  writer out;
  out(static_cast<std::uint8_t>(phase));
  return out.frame(frame_kind::phase);
}

std::string log_frame(log_level level, std::string_view text) {
  writer out;
  out(static_cast<std::int32_t>(level));
  out.put(text);
  return out.frame(frame_kind::log);
}

std::string device_frame(const device_info &info) {
  writer out;
  const device_identity &identity = info.identity;
  out(static_cast<std::uint32_t>(info.type));
  unsigned valid = 0;
  if (identity.pci) valid |= HAL_IDENTITY_PCI;
  if (identity.uuid) valid |= HAL_IDENTITY_UUID;
  if (identity.partition) valid |= HAL_IDENTITY_PARTITION;
  out(static_cast<std::uint8_t>(valid));
  if (identity.pci) {
    out(identity.pci->domain);
    out(identity.pci->bus);
    out(identity.pci->device);
    out(identity.pci->function);
  }
  if (identity.uuid) out.raw(identity.uuid->bytes.data(), identity.uuid->bytes.size());
  if (identity.partition) out(*identity.partition);
  plain_members(out, info);
  return out.frame(frame_kind::device);
}

std::string warning_frame(std::string_view text) {
  writer out;
  out.put(text);
  return out.frame(frame_kind::warning);
}

std::string answer_frame(std::string_view version) {
  writer out;
  out.put(version);
  return out.frame(frame_kind::answer);
}

std::string refusal_frame(probe_verdict verdict, status code, std::int64_t native_code,
                          std::string_view text) {
  writer out;
  out(static_cast<std::uint8_t>(verdict));
  out(static_cast<std::int32_t>(code));
  out(native_code);
  out.put(text);
  return out.frame(frame_kind::refusal);
}

read_report read_frames(std::string_view bytes, std::string_view plugin) {
  read_report result;
  try {
    while (!bytes.empty()) {
      if (result.report.verdict != probe_verdict::none)
        throw damaged{fmt::format("{} bytes follow the end", bytes.size())};
      frame_header header{};
      if (bytes.size() < sizeof header) {
        const std::string_view magic(reinterpret_cast<const char *>(&frame_magic), sizeof frame_magic);
        if (!bytes.starts_with(magic.substr(0, bytes.size()))) throw damaged{"a frame does not begin as one"};
        break;
      }
      std::memcpy(&header, bytes.data(), sizeof header);
      if (header.magic != frame_magic) throw damaged{"a frame does not begin as one"};
      if (header.version != frame_version) {
        throw damaged{
            fmt::format("it has version {}, and this library reads {}", header.version, frame_version)};
      }
      if (header.size > most_report_bytes)
        throw damaged{fmt::format("a frame says that it has {} bytes", header.size)};
      bytes.remove_prefix(sizeof header);
      if (bytes.size() < header.size) break;
      read_frame(static_cast<frame_kind>(header.kind), reader(bytes.substr(0, header.size)), plugin,
                 result.report);
      bytes.remove_prefix(header.size);
    }
  } catch (const damaged &wrong) {
    result.damage = wrong.why;
  }
  return result;
}

}  // namespace hal::rt
