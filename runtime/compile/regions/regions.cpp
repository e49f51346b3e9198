#include "runtime/compile/regions/regions.hpp"

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/ErrorHandling.h>

#include "runtime/compile/regions/splitter.hpp"

namespace hal::regions {
using namespace llvm;

bool calls(const Instruction &instruction, StringRef name) {
  const auto *call = dyn_cast<CallInst>(&instruction);
  return call != nullptr && call->getCalledFunction() != nullptr &&
         call->getCalledFunction()->getName() == name;
}

namespace {

CallInst *begin_in(Function &function) {
  for (BasicBlock &block : function) {
    for (Instruction &each : block) {
      if (calls(each, "hal_region_begin")) return cast<CallInst>(&each);
    }
  }
  return nullptr;
}

}  // namespace

PreservedAnalyses loop_pass::run(Module &module, ModuleAnalysisManager &) {
  for (Function &function : module) {
    CallInst *begin = begin_in(function);
    if (begin == nullptr) continue;
    splitter(function, begin).run();
    if (verifyFunction(function, &errs())) report_fatal_error("the loops over a block's items are unsound");
  }
  return PreservedAnalyses::none();
}

PreservedAnalyses inline_pass::run(Module &module, ModuleAnalysisManager &) {
  SetVector<Function *> leading;
  for (const char *name : {"hal_region_local", "hal_region_barrier"}) {
    if (Function *marker = module.getFunction(name)) leading.insert(marker);
  }
  for (unsigned at = 0; at < leading.size(); ++at) {
    for (User *user : leading[at]->users()) {
      auto *call = dyn_cast<CallBase>(user);
      if (call == nullptr || !leading.insert(call->getFunction())) continue;
      Function *caller = call->getFunction();
      if (begin_in(*caller) != nullptr || !caller->hasLocalLinkage()) continue;
      caller->removeFnAttr(Attribute::NoInline);
      caller->removeFnAttr(Attribute::OptimizeNone);
      caller->addFnAttr(Attribute::AlwaysInline);
    }
  }
  return PreservedAnalyses::none();
}

}  // namespace hal::regions
