// halctl bundle: shows, checks and makes bundles.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "hal/bundle.hpp"
#include "hal/error.hpp"
#include "runtime/bundle/code_resources.hpp"
#include "runtime/bundle/file_mapping.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/whole_file.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  bool compress = false;
  std::string file;
  std::vector<std::string> others;
  std::string output;
  std::string format;
  std::string target;
  std::string needs;
  std::string code;
  std::vector<std::string> kernels;
  std::size_t image = 0;
};

std::string text_of(const requirements &needs) {
  std::vector<std::string> all;
  for (const requirement &need : needs) all.push_back(to_string(need));
  return fmt::format("{}", fmt::join(all, ","));
}

std::string kind_of(const bundle_parameter &parameter) {
  switch (parameter.kind) {
    case HAL_ARGUMENT_MEMORY:
      return "memory";
    case HAL_ARGUMENT_SHARED:
      return "shared";
    default:
      return fmt::format("{} B", parameter.size);
  }
}

std::string parameters_of(const bundle_kernel &kernel) {
  if (!kernel.parameters) return "not known";
  std::vector<std::string> all;
  for (const bundle_parameter &parameter : *kernel.parameters) {
    all.push_back(parameter.name.empty() ? kind_of(parameter)
                                         : fmt::format("{} {}", kind_of(parameter), parameter.name));
  }
  return all.empty() ? "none" : fmt::format("{}", fmt::join(all, ", "));
}

std::string block_of(const std::array<std::uint32_t, 3> &block) {
  return block[0] == 0 ? std::string() : fmt::format("{}", fmt::join(block, "x"));
}

std::string variants_of(const bundle_kernel &kernel) {
  std::vector<std::uint32_t> images;
  for (const bundle_variant &variant : kernel.variants) images.push_back(variant.image);
  return fmt::format("{}", fmt::join(images, " "));
}

std::string as_text(const bundle &shown, const painter &paint) {
  table images(
      {{"IMAGE", true}, {"FORMAT"}, {"TARGET"}, {"SIZE", true}, {"STORED", true}, {"REQUIRES", false, 10}});
  for (std::size_t index = 0; index < shown.image_count(); ++index) {
    const bundle_image image = shown.image(index);
    images.add({{std::to_string(index)},
                {image.format},
                {image.target},
                {human_bytes(image.size)},
                {image.stored == image.size ? std::string() : human_bytes(image.stored)},
                {text_of(image.needs)}});
  }
  table kernels({{"KERNEL", false, 16}, {"IMAGES"}, {"BLOCK"}, {"PARAMETERS", false, 16}});
  for (std::size_t index = 0; index < shown.kernel_count(); ++index) {
    const bundle_kernel kernel = shown.kernel(index);
    const bool required = kernel.required_block[0] != 0;
    const std::string block = block_of(required ? kernel.required_block : kernel.preferred_block);
    kernels.add({{kernel.name},
                 {variants_of(kernel)},
                 {block.empty() || required ? block : block + "?"},
                 {parameters_of(kernel)}});
  }
  return images.text(page_width(), paint) + "\n" + kernels.text(page_width(), paint);
}

json to_json(const bundle_image &image) {
  json content = {{"format", image.format},
                  {"target", image.target},
                  {"size", image.size},
                  {"stored", image.stored},
                  {"checksum", fmt::format("{:016x}", image.checksum)}};
  content["requires"] = json::array();
  for (const requirement &need : image.needs) content["requires"].push_back(to_string(need));
  return content;
}

constexpr const char *space_names[] = {"unknown", "global", "constant", "local", "private"};
constexpr const char *access_names[] = {"unknown", "read", "write", "read_write"};

json to_json(const bundle_parameter &parameter) {
  constexpr const char *kinds[] = {"value", "memory", "shared"};
  return {{"name", parameter.name},
          {"kind", kinds[parameter.kind]},
          {"size", parameter.size},
          {"alignment", parameter.alignment},
          {"space", space_names[static_cast<std::size_t>(parameter.space)]},
          {"access", access_names[static_cast<std::size_t>(parameter.access)]}};
}

json to_json(const bundle_variant &variant) {
  json content = {{"image", variant.image}};
  if (!variant.entry.empty()) content["entry"] = variant.entry;
  const bundle_resources &used = variant.resources;
  if (used.registers_per_item) content["registers_per_item"] = *used.registers_per_item;
  if (used.static_shared_memory) content["static_shared_memory"] = *used.static_shared_memory;
  if (used.local_memory_per_item) content["local_memory_per_item"] = *used.local_memory_per_item;
  return content;
}

json to_json(const bundle_kernel &kernel) {
  json content = {{"name", kernel.name}};
  if (kernel.parameters) {
    content["parameters"] = json::array();
    for (const bundle_parameter &parameter : *kernel.parameters)
      content["parameters"].push_back(to_json(parameter));
  }
  if (kernel.required_block[0] != 0) content["required_block"] = kernel.required_block;
  if (kernel.preferred_block[0] != 0) content["preferred_block"] = kernel.preferred_block;
  content["variants"] = json::array();
  for (const bundle_variant &variant : kernel.variants) content["variants"].push_back(to_json(variant));
  return content;
}

exit_code show(const arguments &given, const session &with) {
  const bundle shown = bundle::open(given.file);
  if (!given.as_json) {
    write_out(as_text(shown, painter(with.color)));
    return exit_code::ok;
  }
  json content = {{"images", json::array()}, {"kernels", json::array()}};
  for (std::size_t index = 0; index < shown.image_count(); ++index)
    content["images"].push_back(to_json(shown.image(index)));
  for (std::size_t index = 0; index < shown.kernel_count(); ++index)
    content["kernels"].push_back(to_json(shown.kernel(index)));
  write_out(document(content));
  return exit_code::ok;
}

exit_code verify(const arguments &given) {
  const bundle checked = bundle::open(given.file);
  checked.verify();
  write_out(fmt::format("{}: {} images and {} kernels are sound.\n", printable(given.file),
                        checked.image_count(), checked.kernel_count()));
  return exit_code::ok;
}

exit_code extract(const arguments &given) {
  const bundle from = bundle::open(given.file);
  const bundle_code code = from.code(given.image);
  rt::write_whole_file(given.output, code.bytes());
  return exit_code::ok;
}

exit_code merge(const arguments &given) {
  bundle_builder made;
  for (const std::string &file : given.others) made.add(bundle::open(file));
  made.write(given.file);
  return exit_code::ok;
}

// "NAME" or "NAME=ENTRY".
bundle_kernel parse_kernel(const std::string &text, std::uint32_t image) {
  const std::size_t at = text.find('=');
  bundle_kernel kernel;
  kernel.name = text.substr(0, at);
  bundle_variant &variant = kernel.variants.emplace_back();
  variant.image = image;
  if (at != std::string::npos) variant.entry = text.substr(at + 1);
  return kernel;
}

exit_code add(const arguments &given) {
  bundle_builder made;
  std::error_code ignored;
  if (std::filesystem::exists(given.file, ignored)) made.add(bundle::open(given.file));
  const rt::file_mapping code(given.code);
  const std::uint32_t image = made.add_image(
      given.format, given.target, given.needs.empty() ? requirements() : parse_requirements(given.needs),
      code.bytes(), given.compress ? bundle_compression::zstd : bundle_compression::none);
  const rt::kernel_resources known = rt::resources_of(given.format, code.bytes());
  for (const std::string &kernel : given.kernels) {
    bundle_kernel named = parse_kernel(kernel, image);
    bundle_variant &variant = named.variants.front();
    const auto own = known.find(variant.entry.empty() ? named.name : variant.entry);
    if (own != known.end()) variant.resources = own->second;
    made.add_kernel(named);
  }
  made.write(given.file);
  return exit_code::ok;
}

}  // namespace

void add_bundle(command halctl, session &with) {
  command verb = halctl.add("bundle", "Show, check and make bundles of kernels");
  verb.needs_part();
  const auto given = std::make_shared<arguments>();
  const auto file = [&given](command at, const char *meaning) {
    at.option("FILE", given->file, meaning).required();
  };

  command shows = verb.add("show", "What a bundle holds");
  file(shows, "a bundle");
  shows.flag("--json", given->as_json, "for programs; docs/bundle.md has the schema");
  shows.runs([given, &with] { return show(*given, with); });

  command verifies = verb.add("verify", "Check every byte of a bundle");
  file(verifies, "a bundle");
  verifies.runs([given] { return verify(*given); });

  command extracts = verb.add("extract", "Write one image's code to a file");
  file(extracts, "a bundle");
  extracts.option("IMAGE", given->image, "its number, as `halctl bundle show` prints it").required();
  extracts.option("-o,--output", given->output, "the file to write").required();
  extracts.runs([given] { return extract(*given); });

  command adds = verb.add("add", "Add code that a compiler made; a new bundle if there is none");
  file(adds, "the bundle");
  adds.option("CODE", given->code, "the file with the code").required();
  adds.option("--format", given->format, "cubin, fatbin, ptx, hsaco, spirv, elf, opencl-c ...").required();
  adds.option("--target", given->target, "what it is made for: sm_90, gfx942, x86-64-v3 ...; none: any");
  adds.option("--requires", given->needs, "what a device must have: memory>=8GiB,f16");
  adds.option("--kernel", given->kernels, "a kernel in it, NAME or NAME=ENTRY; once for each").required();
  adds.flag("--zstd", given->compress, "store it compressed");
  adds.runs([given] { return add(*given); });

  command merges = verb.add("merge", "Put bundles together");
  file(merges, "the bundle to write");
  merges.option("BUNDLES", given->others, "the bundles to read").required();
  merges.runs([given] { return merge(*given); });
}

}  // namespace hal::ctl
