// Runs a fuzz target without a fuzzer: every file of the corpus as it is, and mutations of them that are the
// same in every run.
//
// driver MUTATIONS FOLDER
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

using bytes = std::vector<std::uint8_t>;

bytes read(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void mutate(bytes &input, const bytes &other, std::mt19937 &random) {
  const auto below = [&random](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
  for (std::size_t count = 1 + below(4); count > 0; --count) {
    const std::size_t at = below(input.size() + 1);
    const auto from = input.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(5)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        input.insert(from, static_cast<std::uint8_t>(random()));
        break;
      case 2:
        input.erase(from, from + static_cast<std::ptrdiff_t>(below(input.size() - at)));
        break;
      case 3:
        if (at < input.size()) input[at] ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      default: {
        const std::size_t begin = below(other.size());
        const std::size_t length = below(std::min<std::size_t>(other.size() - begin, 64));
        input.insert(from, other.begin() + static_cast<std::ptrdiff_t>(begin),
                     other.begin() + static_cast<std::ptrdiff_t>(begin + length));
      }
    }
  }
}

}  // namespace

int main(int count, char **words) {
  if (count != 3) {
    std::fprintf(stderr, "usage: %s MUTATIONS FOLDER\n", words[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto &entry : std::filesystem::directory_iterator(words[2])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<bytes> corpus;
  for (const auto &file : files) corpus.push_back(read(file));
  if (corpus.empty()) {
    std::fprintf(stderr, "%s holds no file\n", words[2]);
    return 2;
  }
  for (const bytes &input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());
  std::mt19937 random(1);  // NOLINT: the same in every run
  const long mutations = std::strtol(words[1], nullptr, 10);
  for (long index = 0; index < mutations; ++index) {
    bytes input = corpus[random() % corpus.size()];
    mutate(input, corpus[random() % corpus.size()], random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu files and %ld mutations\n", corpus.size(), mutations);
  return 0;
}
