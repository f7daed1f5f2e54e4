// What LeakSanitizer is told to leave: leaks of Debian's libraries that are not ours to mend. Linked into every sanitized test.
//   c-ares 1.18.1 loses the host's name on each answer from /etc/hosts (c-ares issue 439, mended upstream in 1.19.0): 10 bytes a
//   resolution of "localhost" by a gRPC client.
//   libpqxx 6.4 loses the answer that says an error, 2 KB each, when a statement or its preparation fails.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) { return "leak:libcares.so\nleak:libpqxx-6.4.so\n"; }
