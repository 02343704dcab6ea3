// Allocations.h - the calls that allocate and release, as the pass sees them.
#ifndef MEMPROF_PASS_ALLOCATIONS_H
#define MEMPROF_PASS_ALLOCATIONS_H

#include "RuntimeHooks.h"

namespace memprof {

/// Makes the allocation and release calls of an instrumented function opaque
/// to the optimiser and tells the runtime of each.
void hookAllocations(llvm::Function &F, RuntimeHooks &Hooks);

/// Makes those of a whole module opaque; nobody is told.
void makeAllocationsOpaque(llvm::Module &M);

} // namespace memprof

#endif
