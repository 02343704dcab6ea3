/* empty.c - a program that does nothing: what starting costs. */
int main(void) { return 0; }
