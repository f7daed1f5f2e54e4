/* Physical floor of a request on this machine: TCP_NODELAY echo of 256 bytes on loopback, 1 in flight, and 64 connections. usage: loop_ping [SECONDS]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}
int main(int c, char **v)
{
    double S = c > 1 ? atof(v[1]) : 3;
    int l = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = 0, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    bind(l, (void *)&a, n);
    listen(l, 128);
    getsockname(l, (void *)&a, &n);
    pid_t p = fork();
    if (!p) {
        int e = epoll_create1(0);
        struct epoll_event ev = {EPOLLIN, {.fd = l}};
        epoll_ctl(e, EPOLL_CTL_ADD, l, &ev);
        char b[4096];
        for (;;) {
            struct epoll_event x[64];
            int k = epoll_wait(e, x, 64, -1);
            for (int i = 0; i < k; i++) {
                if (x[i].data.fd == l) {
                    int f = accept(l, 0, 0);
                    setsockopt(f, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    ev.data.fd = f;
                    epoll_ctl(e, EPOLL_CTL_ADD, f, &ev);
                } else {
                    int r = read(x[i].data.fd, b, sizeof b);
                    if (r <= 0) close(x[i].data.fd);
                    else write(x[i].data.fd, b, r);
                }
            }
        }
    }
    for (int C = 1; C <= 64; C *= 64) {
        int f[64];
        char b[256];
        memset(b, 1, 256);
        int e = epoll_create1(0);
        for (int i = 0; i < C; i++) {
            f[i] = socket(AF_INET, SOCK_STREAM, 0);
            connect(f[i], (void *)&a, sizeof a);
            setsockopt(f[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            struct epoll_event ev = {EPOLLIN, {.fd = f[i]}};
            epoll_ctl(e, EPOLL_CTL_ADD, f[i], &ev);
            write(f[i], b, 256);
        }
        long k = 0;
        double t = now();
        while (now() - t < S) {
            struct epoll_event x[64];
            int m = epoll_wait(e, x, 64, 1000);
            for (int i = 0; i < m; i++) {
                char r[4096];
                int z = read(x[i].data.fd, r, 4096);
                if (z <= 0) return 1;
                write(x[i].data.fd, b, 256);
                k++;
            }
        }
        double el = now() - t;
        printf("loopback tcp echo %d conn: %.0f round trips/s (%.1f us each)\n", C, k / el, el / k * 1e6);
        for (int i = 0; i < C; i++) close(f[i]);
        close(e);
    }
    kill(p, SIGKILL);
    waitpid(p, 0, 0);
    return 0;
}
