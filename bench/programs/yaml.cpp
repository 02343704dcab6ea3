// yaml.cpp - loads a YAML file into nodes, walks them, writes them again; says
// how many scalars there are and how long and which the result is.
#include <cstdint>
#include <cstdio>
#include <yaml-cpp/yaml.h>

static size_t countScalars(const YAML::Node &Node) {
  if (Node.IsScalar())
    return 1;
  size_t Count = 0;
  for (const auto &Child : Node)
    Count += countScalars(Node.IsMap() ? Child.second : Child);
  return Count;
}

// FNV-1a.
static uint64_t hash(const char *Text) {
  uint64_t Value = UINT64_C(14695981039346656037);
  for (; *Text; Text++)
    Value = (Value ^ static_cast<unsigned char>(*Text)) * 1099511628211u;
  return Value;
}

int main(int Count, char **Arguments) {
  if (Count != 2) {
    std::fprintf(stderr, "usage: yaml FILE\n");
    return 2;
  }
  YAML::Node Document = YAML::LoadFile(Arguments[1]);
  YAML::Emitter Emitter;
  Emitter << Document;
  std::printf("%zu scalars, %zu bytes, %016llx\n", countScalars(Document),
              Emitter.size(),
              static_cast<unsigned long long>(hash(Emitter.c_str())));
}
