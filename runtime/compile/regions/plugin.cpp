// The passes as clang loads it: -fpass-plugin.
#include <llvm/Config/llvm-config.h>
#include <llvm/Passes/PassBuilder.h>
#if __has_include(<llvm/Plugins/PassPlugin.h>)
#include <llvm/Plugins/PassPlugin.h>
#else
#include <llvm/Passes/PassPlugin.h>
#endif

#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "runtime/compile/regions/guards.hpp"
#include "runtime/compile/regions/regions.hpp"

namespace {

using namespace llvm;

void add(PassBuilder &builder) {
  builder.registerPipelineStartEPCallback(
      [](ModulePassManager &passes, OptimizationLevel) { passes.addPass(hal::regions::inline_pass()); });
  // All is inlined and simple by then, and the vectorizers are still to come.
  builder.registerOptimizerEarlyEPCallback(
      [&builder](ModulePassManager &passes, OptimizationLevel level, ThinOrFullLTOPhase phase) {
        passes.addPass(hal::regions::loop_pass());
        passes.addPass(
            createModuleToFunctionPassAdaptor(builder.buildFunctionSimplificationPipeline(level, phase)));
      });
  builder.registerVectorizerStartEPCallback([](FunctionPassManager &passes, OptimizationLevel level) {
    if (level == OptimizationLevel::O0 || level == OptimizationLevel::O1) return;
    passes.addPass(hal::regions::guard_pass());
    passes.addPass(SimplifyCFGPass());
  });
}

}  // namespace

extern "C" __attribute__((visibility("default"))) llvm::PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "hal-regions", LLVM_VERSION_STRING, add};
}
