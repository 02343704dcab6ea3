// Selection.h - functions chosen on the command line, without a mark.
#ifndef MEMPROF_PASS_SELECTION_H
#define MEMPROF_PASS_SELECTION_H

#include "Annotations.h"

namespace memprof {

/// How users know a function. \p Name is qualified, without parameters;
/// \p Signature is demangled in full. In C both are the symbol.
struct FunctionNames {
  std::string Name, Signature, Symbol;
};
FunctionNames namesOf(const llvm::Function &F);

/// Whether the module was compiled with -g, of any kind.
bool hasDebugInfo(const llvm::Module &M);

/// Adds the functions that -profile-memory-functions and -profile-memory-list
/// select.
void selectFunctions(llvm::Module &M, Marks &Found);

/// Whether every allocation call of the module shall be opaque to the
/// optimiser.
bool wantsOpaqueAllocations();

/// The attribute of functions that the pass has been through; a second run
/// leaves them alone.
constexpr const char DoneAttribute[] = "profile-memory";

} // namespace memprof

#endif
