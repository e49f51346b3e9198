// That this program exists is the test.
int main() {
  return 0;
}
