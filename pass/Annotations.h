// Annotations.h - which functions the user marked, and with what limits.
#ifndef MEMPROF_PASS_ANNOTATIONS_H
#define MEMPROF_PASS_ANNOTATIONS_H

#include "Diagnostics.h"
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

/// An allocator of the program's own: annotate("profile_alloc", 2) or
/// annotate("profile_free", 1).
struct Wrapper {
  bool Releases = false;
  /// As written, from 1: of the size, or its factors; of the block.
  llvm::SmallVector<unsigned, 2> Arguments;
  Place At;
};
using Wrappers = llvm::MapVector<llvm::Function *, Wrapper>;

/// Adds the functions that carry annotate("profile") or, in their bodies,
/// MEMPROF_PROFILE_BODY, and takes the marks out of the module. Reports marks
/// that cannot be honoured. Returns whether the module changed.
/// \p Own gets those that carry annotate("profile_alloc") and "profile_free".
bool collectMarks(llvm::Module &M, Marks &Found, Wrappers &Own);

} // namespace memprof

#endif
