#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>

#include <map>

#include "hal/error.hpp"
#include "tests/kernels/target.hpp"

namespace kernels_test {
namespace {

// Loaded at run time: the loader's library comes without the link that a linker wants.
struct opencl_api {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);

  template <typename Entry>
  Entry *entry(const char *name) const {
    void *found = library == nullptr ? nullptr : dlsym(library, name);
    if (found == nullptr)
      throw hal::error(hal::status::unavailable, std::string("There is no ") + name + " here.");
    return reinterpret_cast<Entry *>(found);
  }
};
#define OPENCL(name) opencl().entry<decltype(name)>(#name)

const opencl_api &opencl() {
  static const opencl_api loaded;
  return loaded;
}

void check(cl_int code, const std::string &what) {
  if (code != CL_SUCCESS) {
    throw hal::error(hal::status::unknown,
                     what + " failed with the OpenCL code " + std::to_string(code) + ".");
  }
}

struct opencl_memory : memory {
  explicit opencl_memory(cl_mem given) : handle(given) {}
  opencl_memory(const opencl_memory &) = delete;
  opencl_memory &operator=(const opencl_memory &) = delete;
  ~opencl_memory() override { OPENCL(clReleaseMemObject)(handle); }
  cl_mem handle;
};

cl_mem handle_of(const memory &of) {
  return static_cast<const opencl_memory &>(of).handle;
}

class opencl_target : public target {
 public:
  explicit opencl_target(const std::filesystem::path &sources) {
    cl_platform_id platform = nullptr;
    cl_uint count = 0;
    if (OPENCL(clGetPlatformIDs)(1, &platform, &count) != CL_SUCCESS || count == 0)
      throw hal::error(hal::status::unavailable, "There is no OpenCL platform here.");
    if (OPENCL(clGetDeviceIDs)(platform, CL_DEVICE_TYPE_ALL, 1, &device_, &count) != CL_SUCCESS || count == 0)
      throw hal::error(hal::status::unavailable, "There is no OpenCL device here.");
    cl_int code = CL_SUCCESS;
    context_ = OPENCL(clCreateContext)(nullptr, 1, &device_, nullptr, nullptr, &code);
    check(code, "clCreateContext");
    queue_ = OPENCL(clCreateCommandQueue)(context_, device_, 0, &code);
    check(code, "clCreateCommandQueue");
    for (const auto &file : std::filesystem::directory_iterator(sources)) {
      if (file.path().extension() == ".cl") build(sources, file.path());
    }
  }
  opencl_target(const opencl_target &) = delete;
  opencl_target &operator=(const opencl_target &) = delete;
  ~opencl_target() override {
    for (const auto &[name, kernel] : kernels_) OPENCL(clReleaseKernel)(kernel);
    for (cl_program program : programs_) OPENCL(clReleaseProgram)(program);
    if (queue_ != nullptr) OPENCL(clReleaseCommandQueue)(queue_);
    if (context_ != nullptr) OPENCL(clReleaseContext)(context_);
  }

  std::string name() const override {
    std::string text(256, '\0');
    std::size_t size = 0;
    check(OPENCL(clGetDeviceInfo)(device_, CL_DEVICE_NAME, text.size(), text.data(), &size),
          "clGetDeviceInfo");
    text.resize(size == 0 ? 0 : size - 1);
    return "OpenCL from source, " + text;
  }

  std::unique_ptr<memory> allocate(std::size_t size) override {
    cl_int code = CL_SUCCESS;
    cl_mem made = OPENCL(clCreateBuffer)(context_, CL_MEM_READ_WRITE, size, nullptr, &code);
    check(code, "clCreateBuffer");
    return std::make_unique<opencl_memory>(made);
  }

  void write(memory &to, std::span<const std::byte> bytes) override {
    check(OPENCL(clEnqueueWriteBuffer)(queue_, handle_of(to), CL_TRUE, 0, bytes.size(), bytes.data(), 0,
                                       nullptr, nullptr),
          "clEnqueueWriteBuffer");
  }

  void read(const memory &from, std::span<std::byte> bytes) override {
    check(OPENCL(clEnqueueReadBuffer)(queue_, handle_of(from), CL_TRUE, 0, bytes.size(), bytes.data(), 0,
                                      nullptr, nullptr),
          "clEnqueueReadBuffer");
  }

  void launch(const std::string &kernel, const shape &of, std::span<const argument> arguments) override {
    const auto found = kernels_.find(kernel);
    if (found == kernels_.end())
      throw hal::error(hal::status::not_found, "There is no kernel " + kernel + ".");
    for (cl_uint index = 0; index < arguments.size(); ++index) {
      const argument &one = arguments[index];
      cl_mem handle = one.as_memory() == nullptr ? nullptr : handle_of(*one.as_memory());
      const auto value = handle == nullptr ? one.as_value() : std::as_bytes(std::span(&handle, 1));
      check(OPENCL(clSetKernelArg)(found->second, index, value.size(), value.data()),
            "clSetKernelArg " + std::to_string(index) + " of " + kernel);
    }
    std::array<std::size_t, 3> items{};
    std::array<std::size_t, 3> local{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      local[axis] = of.items[axis];
      items[axis] = std::size_t{of.groups[axis]} * of.items[axis];
    }
    check(OPENCL(clEnqueueNDRangeKernel)(queue_, found->second, 3, nullptr, items.data(), local.data(), 0,
                                         nullptr, nullptr),
          "clEnqueueNDRangeKernel of " + kernel);
  }

  void synchronize() override { check(OPENCL(clFinish)(queue_), "clFinish"); }

 private:
  void build(const std::filesystem::path &sources, const std::filesystem::path &file) {
    const std::string text = "#include \"" + file.filename().string() + "\"\n";
    const char *lines = text.c_str();
    cl_int code = CL_SUCCESS;
    cl_program program = OPENCL(clCreateProgramWithSource)(context_, 1, &lines, nullptr, &code);
    check(code, "clCreateProgramWithSource");
    programs_.push_back(program);
    const std::string options = "-I " + sources.string();
    code = OPENCL(clBuildProgram)(program, 1, &device_, options.c_str(), nullptr, nullptr);
    if (code != CL_SUCCESS) {
      std::string log(16384, '\0');
      OPENCL(clGetProgramBuildInfo)(program, device_, CL_PROGRAM_BUILD_LOG, log.size(), log.data(), nullptr);
      throw hal::error(hal::status::compilation_failed, file.string() + " does not compile: " + log.c_str());
    }
    cl_uint count = 0;
    check(OPENCL(clCreateKernelsInProgram)(program, 0, nullptr, &count), "clCreateKernelsInProgram");
    std::vector<cl_kernel> made(count);
    check(OPENCL(clCreateKernelsInProgram)(program, count, made.data(), nullptr), "clCreateKernelsInProgram");
    for (cl_kernel kernel : made) {
      std::string name(256, '\0');
      check(OPENCL(clGetKernelInfo)(kernel, CL_KERNEL_FUNCTION_NAME, name.size(), name.data(), nullptr),
            "clGetKernelInfo");
      kernels_.emplace(name.c_str(), kernel);
    }
  }

  cl_device_id device_ = nullptr;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
  std::vector<cl_program> programs_;
  std::map<std::string, cl_kernel, std::less<>> kernels_;
};

}  // namespace

std::unique_ptr<target> make_opencl_target(const std::filesystem::path &sources) {
  return std::make_unique<opencl_target>(sources);
}

}  // namespace kernels_test
