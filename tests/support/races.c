// What ThreadSanitizer is told. Linked into every test of the tsan tree.
__attribute__((visibility("default"))) const char *__tsan_default_options(void) { return "ignore_noninstrumented_modules=1:halt_on_error=1:exitcode=66"; }
// Debian's gRPC is not built with it, and hands things from thread to thread by locks it does not see: whatever it calls looks like a race. So what runs
// on gRPC's own threads is not looked at; our calls there do no more than post to a loop. Ours, and what the loops do, are (unit_races).
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void) { return "race:libgrpc\n"; }
