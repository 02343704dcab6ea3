// Wrappers.h - the program's own allocators, marked as such.
#ifndef MEMPROF_PASS_WRAPPERS_H
#define MEMPROF_PASS_WRAPPERS_H

#include "Annotations.h"
#include "RuntimeHooks.h"

namespace memprof {

/// Makes the blocks that \p F hands out, or takes back, count as blocks. A mark
/// that does not fit the function is an error where it stands.
void hookWrapper(llvm::Function &F, const Wrapper &W, RuntimeHooks &Hooks);

} // namespace memprof

#endif
