// Items that a guard keeps from running: `if (i < n)`.
#pragma once

#include <llvm/IR/PassManager.h>

namespace hal::regions {

// Gives every innermost loop that asks in each turn whether its index is within a bound a second body,
// without the question, which is taken when the first and the last turn, and so all between them, have the
// usual answer. All blocks but those at the border of a grid take it, and it vectorizes without masks.
class guard_pass : public llvm::PassInfoMixin<guard_pass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

}  // namespace hal::regions
