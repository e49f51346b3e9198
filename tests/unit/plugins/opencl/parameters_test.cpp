// Sizes and alignments of OpenCL C's own types, by name; versions and lists as drivers write them.
#include "plugins/opencl/parameters.hpp"

#include <doctest/doctest.h>

#include "plugins/opencl/platforms.hpp"

using namespace hal::plugins::opencl;

TEST_CASE("opencl parameters: scalars and vectors, of which three elements take the room of four") {
  const auto check = [](const char *type, unsigned size) {
    CAPTURE(type);
    CHECK(layout_of(type).size == size);
    CHECK(layout_of(type).alignment == size);
  };
  check("char", 1);
  check("uchar", 1);
  check("half", 2);
  check("ushort", 2);
  check("uint", 4);
  check("float", 4);
  check("ulong", 8);
  check("double", 8);
  check("char3", 4);
  check("float4", 16);
  check("uint3", 16);
  check("double16", 128);
}

TEST_CASE("opencl parameters: what is none of the language's own types has no size by its name") {
  for (const char *type :
       {"", "S", "struct S", "int5", "int17", "float4x", "integer", "charlie", "uint-4", "image2d_t"}) {
    CAPTURE(type);
    CHECK(layout_of(type).size == 0);
  }
}

TEST_CASE("opencl platforms: versions and words") {
  CHECK(version_of("OpenCL 3.0 PoCL 3.1+debian") == 300);
  CHECK(version_of("OpenCL 1.2 CUDA") == 120);
  CHECK(version_of("OpenGL 4.6") == 0);
  CHECK(version_of("") == 0);
  CHECK(has_word("cl_khr_fp64 cl_khr_fp16", "cl_khr_fp16"));
  CHECK(has_word("cl_khr_fp64", "cl_khr_fp64"));
  CHECK(!has_word("cl_khr_spirv", "cl_khr_spir"));
  CHECK(!has_word("xcl_khr_spir", "cl_khr_spir"));
  CHECK(!has_word("", "cl_khr_spir"));
}
