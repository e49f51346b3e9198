#include "runtime/halctl/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "hal/error.hpp"
#include "runtime/halctl/text.hpp"

namespace hal::ctl {
namespace {

constexpr std::size_t widest_page = 100;
constexpr std::size_t narrowest_page = 60;

// Bytes that were written before it failed; errno says why.
std::size_t write_all(int file, std::string_view text) noexcept {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return done;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

// A full disk leaves no half of a listing behind.
void take_back(std::size_t written) noexcept {
  struct stat file {};
  const off_t end = ::lseek(STDOUT_FILENO, 0, SEEK_CUR);
  if (::fstat(STDOUT_FILENO, &file) != 0 || !S_ISREG(file.st_mode) || end != file.st_size) return;
  const off_t begin = end - static_cast<off_t>(written);
  if (::ftruncate(STDOUT_FILENO, begin) == 0) ::lseek(STDOUT_FILENO, begin, SEEK_SET);
}

void say(std::string_view kind, std::string_view sentence) noexcept {
  try {
    write_all(STDERR_FILENO, fmt::format("halctl: {}{}\n", kind, printable(sentence)));
  } catch (...) {  // NOLINT(bugprone-empty-catch): without memory for the line there is nobody to tell
  }
}

bool is_terminal(int file) {
  const char *kind = std::getenv("TERM");
  return ::isatty(file) == 1 && kind != nullptr && *kind != '\0' && std::strcmp(kind, "dumb") != 0;
}

bool colours_wanted() {
  const char *refused = std::getenv("NO_COLOR");
  return (refused == nullptr || *refused == '\0') && is_terminal(STDOUT_FILENO);
}

std::string_view escape(style look) noexcept {
  switch (look) {
    case style::heading:
      return "\033[1m";
    case style::good:
      return "\033[32m";
    case style::bad:
      return "\033[31m";
    case style::faint:
      return "\033[2m";
    case style::plain:
      break;
  }
  return {};
}

}  // namespace

void secure_standard_streams() noexcept {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(file, F_GETFD) != -1 || errno != EBADF) continue;
    // Standard output that was closed stays one that cannot be written, so that it is told.
    const int replacement = ::open("/dev/null", file == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    if (replacement >= 0 && replacement != file) ::close(replacement);
  }
}

void write_out(std::string_view text) {
  const std::size_t written = write_all(STDOUT_FILENO, text);
  if (written == text.size()) return;
  const int why = errno;
  take_back(written);
  throw output_error(fmt::format("Standard output cannot be written: {}.", std::strerror(why)));
}

void complain(std::string_view sentence) noexcept {
  say("", sentence);
}
void warn(std::string_view sentence) noexcept {
  say("warning: ", sentence);
}
void pass_on(std::string_view lines) noexcept {
  try {
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      write_all(STDERR_FILENO, printable(lines.substr(0, end)) + "\n");
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): without memory for the line there is nobody to tell
  }
}

progress::progress() : shown_(is_terminal(STDERR_FILENO)) {}
progress::~progress() {
  if (shown_) write_all(STDERR_FILENO, "\r\033[K");
}
void progress::say(std::string_view text) {
  if (shown_) write_all(STDERR_FILENO, fmt::format("\r\033[K{}", cut(printable(text), page_width() - 1)));
}

painter::painter(std::string_view when) : colours_(when == "always" || (when == "auto" && colours_wanted())) {
  if (when != "auto" && when != "always" && when != "never") {
    throw error(status::invalid_argument,
                fmt::format("'{}' is no choice for --color: it is auto, always or never.", when));
  }
}

std::string painter::operator()(style look, std::string_view text) const {
  const std::string_view begin = colours_ && !text.empty() ? escape(look) : std::string_view();
  return fmt::format("{}{}{}", begin, text, begin.empty() ? "" : "\033[0m");
}

std::size_t page_width() noexcept {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return widest_page;
  return std::clamp<std::size_t>(size.ws_col, narrowest_page, widest_page);
}

std::vector<std::size_t> table::widths(std::size_t page) const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto &row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i].text));
  }
  std::size_t total = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) continue;
    widths[i] = std::max(widths[i], width(columns_[i].title));
    total += widths[i] + (total == 0 ? 0 : 2);
  }
  for (; total > page; --total) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool may_be_cut = columns_[i].least != 0 && widths[i] > columns_[i].least;
      if (may_be_cut && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == widths.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string table::line(const std::vector<cell> &row, const std::vector<std::size_t> &widths,
                        const painter &paint) const {
  std::string line;
  std::size_t owed = 0;  // spaces before the next text; none at the end of a line
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string shown = cut(row[i].text, widths[i]);
    const std::size_t room = widths[i] - width(shown);
    if (!shown.empty()) {
      line.append(owed + (columns_[i].right ? room : 0), ' ').append(paint(row[i].look, shown));
      owed = 0;
    }
    owed += (shown.empty() ? widths[i] : columns_[i].right ? 0 : room) + 2;
  }
  return line;
}

std::string table::text(std::size_t page, const painter &paint, std::string_view indent) const {
  const std::vector<std::size_t> wide = widths(page - indent.size());
  std::string text;
  const bool titled =
      std::any_of(columns_.begin(), columns_.end(), [](const column &c) { return !c.title.empty(); });
  if (titled) {
    std::vector<cell> titles;
    for (const column &c : columns_) titles.push_back({c.title, style::heading});
    text.append(indent).append(line(titles, wide, paint)).append("\n");
  }
  for (const auto &row : rows_) text.append(indent).append(line(row, wide, paint)).append("\n");
  return text;
}

}  // namespace hal::ctl
