// Diagnostics.h - how the pass talks to the user: at a place in the source.
#ifndef MEMPROF_PASS_DIAGNOSTICS_H
#define MEMPROF_PASS_DIAGNOSTICS_H

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Module.h"

namespace memprof {

/// The name of the pass for `opt -passes=`, `-Rpass=` and messages.
constexpr const char PassName[] = "profile-memory";

/// A place that no debug location names: where a mark was written.
struct Place {
  llvm::StringRef File;
  unsigned Line = 0;
};

/// Warns where \p F is defined.
void warnAt(const llvm::Function &F, const llvm::Twine &Message);

/// Reports something about \p Marked (a function or another global) where its
/// mark stands. An error fails the compilation.
void reportAt(const llvm::GlobalValue &Marked, Place At,
              llvm::DiagnosticSeverity Severity, const llvm::Twine &Message);

/// Reports something that has no place, for instance a bad option.
void report(llvm::Module &M, llvm::DiagnosticSeverity Severity,
            const llvm::Twine &Message);

} // namespace memprof

#endif
