// What LeakSanitizer is told to leave: leaks of Debian's libraries that are not ours to mend. Linked into every sanitized test, and the hub that tests run.
//   c-ares 1.18.1 loses the host's name on each answer from /etc/hosts (c-ares issue 439, mended upstream in 1.19.0): 10 bytes a
//   resolution of "localhost" by a gRPC client.
//   libpqxx 6.4 loses the server's last answer, 2,264 bytes, each time a connection ends under a statement (it asks for the connection's encoding before it
//   owns the answer); not when a statement fails, or its preparation. A programme of libpqxx alone shows the same. A hub: once each time PostgreSQL goes away.
//   glibc 2.36: a look-up of a host's name that is still under way on another thread when the programme ends (28 bytes).
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) { return "leak:libcares.so\nleak:libpqxx-6.4.so\nleak:res_context_send\n"; }
