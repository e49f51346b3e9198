// Where halctl's words go: standard output in one piece, standard error line by line; colours and tables.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hal::ctl {

// Standard output could not be written. what() is a sentence.
class output_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Makes sure that 0, 1 and 2 are taken, so that no file that is opened later receives halctl's words.
void secure_standard_streams() noexcept;

// All of it, at the end of a verb. Throws output_error; a regular file is then as long as before.
void write_out(std::string_view text);

// "halctl: <sentence>" on standard error; one line whatever the text holds. Failure is ignored: nobody is
// left to tell.
void complain(std::string_view sentence) noexcept;
void warn(std::string_view sentence) noexcept;
// Another program's words, line by line as they are, on standard error.
void pass_on(std::string_view lines) noexcept;

// A line on the terminal of standard error that is replaced by the next one and is gone at the end. Nothing
// where that is no terminal.
class progress {
 public:
  progress();
  progress(const progress &) = delete;
  progress &operator=(const progress &) = delete;
  ~progress();
  void say(std::string_view text);

 private:
  bool shown_;
};

enum class style { plain, heading, good, bad, faint };

class painter {
 public:
  // "auto": on a terminal that has colours, unless NO_COLOR is set. Throws hal::error, invalid_argument, for
  // anything but auto, always and never.
  explicit painter(std::string_view when);

  std::string operator()(style look, std::string_view text) const;

 private:
  bool colours_;
};

// Columns to fill: 100, or those of a narrower terminal.
std::size_t page_width() noexcept;

struct column {
  std::string title;
  bool right = false;     // numbers
  std::size_t least = 0;  // may be cut to this many columns when the table is too wide; 0: never
};

struct cell {
  std::string text;
  style look = style::plain;
};

// Columns two spaces apart. A column that is empty in every row is left out. When the rows are too wide, the
// columns that may be cut are cut, the widest first.
class table {
 public:
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  // Without titles: every column's title is empty.
  std::string text(std::size_t page, const painter &paint, std::string_view indent = {}) const;

 private:
  std::vector<std::size_t> widths(std::size_t page) const;
  std::string line(const std::vector<cell> &row, const std::vector<std::size_t> &widths,
                   const painter &paint) const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

}  // namespace hal::ctl
