#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static double now()
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}
static int cmp(const void *a, const void *b)
{
    double x = *(double *)a, y = *(double *)b;
    return x < y ? -1 : x > y;
}
int main(int c, char **v)
{
    const char *p = c > 1 ? v[1] : "/tmp/zt-bench/fs.bin";
    int n = c > 2 ? atoi(v[2]) : 300;
    int fd = open(p, O_CREAT | O_RDWR | O_TRUNC, 0600);
    char b[4096];
    memset(b, 7, sizeof b);
    for (int mode = 0; mode < 2; mode++) {
        double *d = malloc(n * sizeof *d);
        double t0 = now();
        for (int i = 0; i < n; i++) {
            double s = now();
            if (mode == 0) lseek(fd, 0, SEEK_END);
            else lseek(fd, (i % 64) * 4096, SEEK_SET);
            write(fd, b, 4096);
            fdatasync(fd);
            d[i] = now() - s;
        }
        double e = now() - t0;
        qsort(d, n, sizeof *d, cmp);
        printf("%s write4k+fdatasync n=%d p50=%.3fms p95=%.3fms p99=%.3fms max=%.3fms rate=%.0f/s\n", mode ? "overwrite" : "append", n,
               d[n / 2] * 1e3, d[n * 95 / 100] * 1e3, d[n * 99 / 100] * 1e3, d[n - 1] * 1e3, n / e);
    }
    unlink(p);
}
