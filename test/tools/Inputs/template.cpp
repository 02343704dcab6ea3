// take<char> allocates 50 bytes on its line, take<short> 100.
template <typename T> __attribute__((annotate("profile"))) T *take(int count) {
  T *taken = new T[count];
  return taken;
}

int main() {
  delete[] take<char>(50);
  delete[] take<short>(50);
}
