// Annotations.h - which functions the user marked, and with what limits.
#ifndef MEMPROF_PASS_ANNOTATIONS_H
#define MEMPROF_PASS_ANNOTATIONS_H

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include <string>

namespace memprof {

struct Mark {
  /// The arguments after "profile", checked: "peak=1MiB", in their order.
  llvm::SmallVector<std::string, 2> Limits;
};

/// Functions with bodies, in the order of their marks.
using Marks = llvm::MapVector<llvm::Function *, Mark>;

/// Adds the functions that carry annotate("profile") or, in their bodies,
/// MEMPROF_PROFILE_BODY, and takes the marks out of the module. Reports marks
/// that cannot be honoured. Returns whether the module changed.
bool collectMarks(llvm::Module &M, Marks &Found);

} // namespace memprof

#endif
