// Runs a programme held back and burdened, for the bench's self-test: hold RUN_US STOP_US BALLAST PROGRAMME [ARGUMENT ...]
//
// The programme takes the place of this process, with the library BALLAST loaded before it; a child of it lets it run for about RUN_US of every
// RUN_US + STOP_US and ends when it ends.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static void wait_us(long us)
{
    const struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

static void pace(pid_t held, long run, long stop)
{
    prctl(PR_SET_TIMERSLACK, 1000UL);
    const struct sched_param first = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &first); // on time also on a busy machine; without the right to, as well as it can
    for (int fd = 0; fd < 1024; ++fd) close(fd); // its pipes end with it
    while (getppid() == held) {
        kill(held, SIGCONT);
        wait_us(run);
        kill(held, SIGSTOP);
        wait_us(stop);
    }
    _exit(0);
}

int main(int argc, char** argv)
{
    if (argc < 5) return 2;
    const pid_t self = getpid();
    const pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
        setsid();
        pace(self, atol(argv[1]), atol(argv[2]));
    }
    setenv("LD_PRELOAD", argv[3], 1);
    execv(argv[4], argv + 4);
    fprintf(stderr, "hold: %s: %s\n", argv[4], strerror(errno));
    return 127;
}
