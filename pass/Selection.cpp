// Selection.cpp - the plugin's options, and the functions they select.
#include "Selection.h"
#include "Diagnostics.h"
#include "LLVMCompat.h"
#include "common/glob.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SpecialCaseList.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace llvm;

namespace memprof {

static cl::list<std::string>
    FunctionGlobs("profile-memory-functions", cl::value_desc("glob,glob..."),
                  cl::desc("Profile these functions as if they were marked: "
                           "globs over qualified names, '!' excludes"));

static cl::list<std::string> ListFiles(
    "profile-memory-list", cl::value_desc("file"),
    cl::desc("Profile the functions that a special case list names (fun:NAME, "
             "src:FILE; =skip excludes)"));

static cl::opt<bool> OpaqueAllocations(
    "profile-memory-opaque-allocations",
    cl::desc("Keep the optimiser from removing any allocation of the module"));

bool wantsOpaqueAllocations() { return OpaqueAllocations; }

FunctionNames namesOf(const Function &F) {
  FunctionNames Names;
  // "\1" marks a name that asm("...") gave.
  Names.Symbol = F.getName().ltrim('\1').str();
  Names.Signature = demangle(Names.Symbol);
  Names.Name = Names.Signature;
  ItaniumPartialDemangler Demangler;
  if (Demangler.partialDemangle(Names.Symbol.c_str()) ||
      !Demangler.isFunction())
    return Names;
  size_t Size = 0;
  if (char *Qualified = Demangler.getFunctionName(nullptr, &Size)) {
    Names.Name = Qualified;
    std::free(Qualified);
  }
  return Names;
}

namespace {
class Selector {
public:
  explicit Selector(Module &M) {
    Globs = join(FunctionGlobs.begin(), FunctionGlobs.end(), ",");
    if (ListFiles.empty())
      return;
    std::string Error;
    List = SpecialCaseList::create(
        std::vector<std::string>(ListFiles.begin(), ListFiles.end()),
        *vfs::getRealFileSystem(), Error);
    if (!List)
      reportError(M, Error);
  }

  bool isEmpty() const { return Globs.empty() && !List; }

  bool selects(const Function &F) const {
    FunctionNames Names = namesOf(F);
    if (!Globs.empty() && glob_list_match(Globs.c_str(), Names.Name.c_str(),
                                          Names.Signature.c_str()))
      return true;
    return List && isListed(F, Names, "") && !isListed(F, Names, "skip");
  }

private:
  bool isListed(const Function &F, const FunctionNames &Names,
                StringRef Category) const {
    const DISubprogram *SP = F.getSubprogram();
    StringRef File =
        SP ? SP->getFilename() : F.getParent()->getSourceFileName();
    // By symbol as the sanitizers do, and by the name that users write.
    return List->inSection(PassName, "fun", Names.Symbol, Category) ||
           List->inSection(PassName, "fun", Names.Name, Category) ||
           List->inSection(PassName, "src", File, Category);
  }

  std::string Globs;
  std::unique_ptr<SpecialCaseList> List;
};
} // namespace

/// Whether a glob may choose the function. What the compiler made up (dynamic
/// initialisers, implicit members, thunks) is nothing that a user wrote.
static bool isSelectable(const Function &F) {
  if (F.isDeclaration() || F.hasFnAttribute(DoneAttribute) ||
      F.hasFnAttribute("thunk") || startsWith(F.getName(), "__memprofpass_"))
    return false;
  const DISubprogram *SP = F.getSubprogram();
  return !SP || !SP->isArtificial();
}

void selectFunctions(Module &M, Marks &Found) {
  Selector Select(M);
  if (Select.isEmpty())
    return;
  for (Function &F : M)
    if (isSelectable(F) && Select.selects(F))
      Found[&F]; // limits come from marks only
}

} // namespace memprof
