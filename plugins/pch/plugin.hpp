// What most files of the plugins here include, compiled once. Each file still names all that it uses:
// -Db_pch=false builds without.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
