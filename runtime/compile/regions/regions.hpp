// Kernels with barriers as loops: between two barriers, a loop over all items of the block.
#pragma once

#include <llvm/IR/PassManager.h>

namespace hal::regions {

// Rewrites every function that calls hal_region_begin(extents of the block in x, y, z). What is before that
// call runs once for a block, what follows runs for each item. The items' code calls
//   hal_region_local(axis)   the item's place in the block
//   hal_region_barrier()        waits for the others
// directly, not through other functions. All items must come to the same barriers, as the language demands.
class loop_pass : public llvm::PassInfoMixin<loop_pass> {
 public:
  llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &);
};

// Lets all that an item's code calls be inlined when it leads to one of the functions above.
class inline_pass : public llvm::PassInfoMixin<inline_pass> {
 public:
  llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &);
};

}  // namespace hal::regions
