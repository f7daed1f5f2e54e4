// Loaded before a programme of ours in the bench's self-test: 256 MB that it does not need.
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>

__attribute__((constructor)) static void ballast(void)
{
    (void)mmap(NULL, (size_t)1 << 28, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}
