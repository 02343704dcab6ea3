// Selection.cpp - the plugin's options, and the functions they select.
#include "Selection.h"
#include "Diagnostics.h"
#include "LLVMCompat.h"
#include "common/glob.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
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

/// Parses a symbol. From LLVM 18 on the demangler refuses a local type's member
/// template whose parameters name those of the template, a generic lambda in a
/// function for instance; without these parameters it knows the name. The
/// demangler refers to \p Symbol, which loses its end then.
static bool parseSymbol(ItaniumPartialDemangler &Demangler,
                        std::string &Symbol) {
  if (!Demangler.partialDemangle(Symbol.c_str()))
    return true;
  if (!startsWith(Symbol, "_ZZ"))
    return false;
  for (size_t Size = Symbol.size() - 1; Size > 3; --Size) {
    Symbol.resize(Size);
    Symbol += 'v'; // no parameters
    if (!Demangler.partialDemangle(Symbol.c_str()))
      return true;
  }
  return false;
}

/// Takes out "[abi:cxx11]", which a function that returns std::string has in its
/// name. Nobody writes it, and to a glob it would be a set of characters.
static std::string withoutAbiTags(StringRef Name) {
  std::string Plain;
  while (!Name.empty()) {
    size_t Tag = Name.find("[abi:");
    size_t End = Name.find(']', Tag);
    if (End == StringRef::npos)
      break;
    Plain += Name.take_front(Tag);
    Name = Name.drop_front(End + 1);
  }
  return Plain + Name.str();
}

FunctionNames namesOf(const Function &F) {
  FunctionNames Names;
  // "\1" marks a name that asm("...") gave.
  Names.Symbol = F.getName().ltrim('\1').str();
  Names.Signature = withoutAbiTags(demangle(Names.Symbol));
  Names.Name = Names.Signature;
  ItaniumPartialDemangler Demangler;
  std::string Parsed = Names.Symbol;
  if (!parseSymbol(Demangler, Parsed) || !Demangler.isFunction())
    return Names;
  size_t Size = 0;
  if (char *Qualified = Demangler.getFunctionName(nullptr, &Size)) {
    Names.Name = withoutAbiTags(Qualified);
    std::free(Qualified);
  }
  if (Names.Signature == Names.Symbol)
    Names.Signature = Names.Name;
  return Names;
}

/// Warns of the lines of a special case list that select nothing because of
/// their prefix. LLVM takes any, as one list may be for several passes: the
/// prefixes of the sanitizers and the sections of others are left alone.
static void warnOfPrefixes(Module &M, StringRef Path) {
  static const StringRef Known[] = {"fun",  "src",    "mainfile",
                                    "type", "global", "enum"};
  auto File = MemoryBuffer::getFile(Path);
  if (!File)
    return;
  bool IsOurs = true;
  for (line_iterator Line(**File, /*SkipBlanks=*/true, '#'); !Line.is_at_eof();
       ++Line) {
    StringRef Text = Line->trim(), Prefix = Text.split(':').first;
    if (startsWith(Text, "["))
      IsOurs = Text.contains('*') || Text.contains(PassName);
    else if (IsOurs && !Text.empty() && !is_contained(Known, Prefix))
      report(M, DS_Warning,
             Path + ":" + Twine(Line.line_number()) + ": '" + Prefix +
                 ":' selects nothing: write fun:NAME or src:FILE");
  }
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
      report(M, DS_Error, Error);
    else
      for (const std::string &Path : ListFiles)
        warnOfPrefixes(M, Path);
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

bool hasDebugInfo(const Module &M) {
  return M.debug_compile_units_begin() != M.debug_compile_units_end();
}

/// Whether a glob may choose the function. What the compiler made up (dynamic
/// initialisers, implicit members, thunks, its own helpers) is nothing that a
/// user wrote.
static bool isSelectable(const Function &F) {
  if (F.isDeclaration() || F.hasFnAttribute(DoneAttribute) ||
      F.hasFnAttribute("thunk") || startsWith(F.getName(), "__memprofpass_"))
    return false;
  const DISubprogram *SP = F.getSubprogram();
  return SP ? !SP->isArtificial() : !hasDebugInfo(*F.getParent());
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
