// Annotations.cpp - reads the marks and removes their entries:
//
//   before  @llvm.global.annotations = [ {@f, "profile", "f.c", 3,
//   {"peak=1MiB"}},
//                                        {@f, "other", "f.c", 3, null} ]
//   after   @llvm.global.annotations = [ {@f, "other", "f.c", 3, null} ]
//
// A leftover entry would keep a dead static function alive and change what is
// inlined. MEMPROF_PROFILE_BODY marks from inside:
//
//   before  define void @f() { call i32 @llvm.annotation.i32(0, "profile", ...)
//   after   define void @f() {
#include "Annotations.h"
#include "Diagnostics.h"
#include "LLVMCompat.h"
#include "common/limit.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace memprof {

static constexpr const char Word[] = "profile";
static constexpr const char AllocWord[] = "profile_alloc";
static constexpr const char FreeWord[] = "profile_free";

namespace {
/// One entry of llvm.global.annotations.
struct Annotation {
  GlobalValue *Marked; // null for what is no global
  StringRef Text;
  Place At;
  Constant *Arguments; // a struct, or null
};
} // namespace

static GlobalVariable *globalBehind(Value *V) {
  return dyn_cast<GlobalVariable>(V->stripPointerCasts());
}

/// The text of a constant C string, or "".
static StringRef textOf(Value *V) {
  GlobalVariable *GV = globalBehind(V);
  if (!GV || !GV->hasInitializer())
    return "";
  auto *Data = dyn_cast<ConstantDataSequential>(GV->getInitializer());
  return Data && Data->isCString() ? Data->getAsCString() : "";
}

static bool readAnnotation(Constant *Entry, Annotation &Read) {
  auto *Struct = dyn_cast<ConstantStruct>(Entry);
  if (!Struct || Struct->getNumOperands() < 4)
    return false;
  Read.Marked =
      dyn_cast<GlobalValue>(Struct->getOperand(0)->stripPointerCasts());
  Read.Text = textOf(Struct->getOperand(1));
  Read.At.File = textOf(Struct->getOperand(2));
  if (auto *Line = dyn_cast<ConstantInt>(Struct->getOperand(3)))
    Read.At.Line = Line->getZExtValue();
  Read.Arguments = nullptr;
  if (Struct->getNumOperands() > 4)
    if (GlobalVariable *GV = globalBehind(Struct->getOperand(4)))
      if (GV->hasInitializer())
        Read.Arguments = GV->getInitializer();
  return true;
}

/// Checks the mark's arguments and adds those that are limits.
static void readLimits(const Annotation &A, Mark &M) {
  if (!A.Arguments)
    return;
  for (unsigned I = 0, E = A.Arguments->getNumOperands(); I != E; ++I) {
    StringRef Text = textOf(A.Arguments->getAggregateElement(I));
    char Why[256];
    struct limit Parsed;
    if (Text.empty())
      reportAt(*A.Marked, A.At, DS_Error,
               "argument " + Twine(I + 1) + " of the mark on '" +
                   A.Marked->getName() + "' is not a limit in a string");
    else if (!limit_parse(Text.str().c_str(), false, &Parsed, Why, sizeof Why))
      reportAt(*A.Marked, A.At, DS_Error, Why);
    // A declaration and its definition may both carry the same limit.
    else if (!is_contained(M.Limits, Text))
      M.Limits.push_back(Text.str());
  }
}

/// The marked function; null, after a warning, when it is none.
static Function *functionOf(const Annotation &A) {
  GlobalValue *Marked = A.Marked;
  // The C1 constructor may be an alias of the C2 one.
  if (auto *Alias = dyn_cast_or_null<GlobalAlias>(Marked))
    Marked =
        dyn_cast_or_null<GlobalValue>(Alias->getAliasee()->stripPointerCasts());
  auto *F = dyn_cast_or_null<Function>(Marked);
  if (!F && A.Marked)
    reportAt(*A.Marked, A.At, DS_Warning,
             "the mark is on '" + A.Marked->getName() +
                 "', which is not a function: ignored");
  // clang 19 and later list declarations too
  return F && !F->isDeclaration() ? F : nullptr;
}

static void takeMark(const Annotation &A, Marks &Found) {
  if (Function *F = functionOf(A))
    readLimits(A, Found[F]);
}

static void takeWrapper(const Annotation &A, Wrappers &Own) {
  Function *F = functionOf(A);
  if (!F)
    return;
  Wrapper &W = Own[F];
  W.Releases = A.Text == FreeWord;
  W.At = A.At;
  W.Arguments.clear(); // a declaration and its definition may both carry it
  for (unsigned I = 0, E = A.Arguments ? A.Arguments->getNumOperands() : 0;
       I != E; ++I) {
    auto *Number = dyn_cast<ConstantInt>(A.Arguments->getAggregateElement(I));
    W.Arguments.push_back(
        Number ? static_cast<unsigned>(Number->getLimitedValue(~0u)) : 0);
  }
}

/// Whether calls of it come from __builtin_annotation(value, "text").
static bool isAnnotationOfValue(const Function &F) {
  return startsWith(F.getName(), "llvm.annotation.");
}

/// Warns of marks on local variables and fields.
static void reportMisplacedMarks(Module &M) {
  for (Function &Intrinsic : M) {
    if (!startsWith(Intrinsic.getName(), "llvm.var.annotation") &&
        !startsWith(Intrinsic.getName(), "llvm.ptr.annotation"))
      continue;
    for (User *U : Intrinsic.users()) {
      auto *Call = dyn_cast<CallBase>(U);
      if (!Call || Call->arg_size() < 4 ||
          textOf(Call->getArgOperand(1)) != Word)
        continue;
      Place At{textOf(Call->getArgOperand(2)), 0};
      if (auto *Line = dyn_cast<ConstantInt>(Call->getArgOperand(3)))
        At.Line = Line->getZExtValue();
      reportAt(*Call->getFunction(), At, DS_Warning,
               "the mark is on a variable or field in '" +
                   Call->getFunction()->getName() +
                   "', not on a function: ignored");
    }
  }
}

/// Adds the functions whose bodies hold MEMPROF_PROFILE_BODY, in their order,
/// and takes it out: it is no code, and no line of its own.
static bool takeMarksInBodies(Module &M, Marks &Found) {
  SmallVector<CallBase *, 4> Taken;
  if (none_of(M, isAnnotationOfValue))
    return false;
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      auto *Call = dyn_cast<CallBase>(&I);
      const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
      if (!Callee || !isAnnotationOfValue(*Callee) ||
          textOf(Call->getArgOperand(1)) != Word)
        continue;
      Found[&F];
      Taken.push_back(Call);
    }
  for (CallBase *Call : Taken) {
    Call->replaceAllUsesWith(Call->getArgOperand(0));
    Call->eraseFromParent();
  }
  return !Taken.empty();
}

static bool takeMarksOfGlobals(Module &M, Marks &Found, Wrappers &Own) {
  GlobalVariable *Old = M.getGlobalVariable("llvm.global.annotations");
  if (!Old || !Old->hasInitializer())
    return false;
  auto *Entries = dyn_cast<ConstantArray>(Old->getInitializer());
  if (!Entries)
    return false;

  SmallVector<Constant *, 8> Kept;
  for (Value *Operand : Entries->operands()) {
    Annotation A;
    auto *Entry = cast<Constant>(Operand);
    bool IsRead = readAnnotation(Entry, A);
    if (IsRead && A.Text == Word)
      takeMark(A, Found);
    else if (IsRead && (A.Text == AllocWord || A.Text == FreeWord))
      takeWrapper(A, Own);
    else
      Kept.push_back(Entry);
  }
  if (Kept.size() == Entries->getNumOperands())
    return false;

  if (!Kept.empty()) {
    auto *Rest = ConstantArray::get(
        ArrayType::get(Entries->getType()->getElementType(), Kept.size()),
        Kept);
    auto *New = new GlobalVariable(M, Rest->getType(), false, Old->getLinkage(),
                                   Rest, "", Old);
    New->copyAttributesFrom(Old);
    New->takeName(Old);
  }
  Old->eraseFromParent();
  // Dead constants still count as uses, and a static function's number of uses
  // decides whether it is inlined.
  for (Function &F : M)
    F.removeDeadConstantUsers();
  return true;
}

bool collectMarks(Module &M, Marks &Found, Wrappers &Own) {
  reportMisplacedMarks(M);
  bool Changed = takeMarksOfGlobals(M, Found, Own);
  Changed |= takeMarksInBodies(M, Found);
  return Changed;
}

} // namespace memprof
