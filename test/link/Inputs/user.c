/* Uses the library; nothing is marked here. */
char *library_text(const char *text);
void library_release(char *text);

int main(void) {
  for (int i = 0; i < 3; i++)
    library_release(library_text("character"));
  return 0;
}
