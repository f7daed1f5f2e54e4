/* winwatch: start a GUI program on an X display and time it as a person would see it.
   winwatch [-r ROOT] [-u UID] [-s SETTLE_S] [-i IDLE_S] [-g SHOT.ppm] -- prog args...
   prints: map_ms   first normal top-level >=200x100 is viewable (MapNotify)
           paint_ms first frame in it with >=8 colours (content, not a blank box)
           stable_ms last moment at which more than 0.5 % of its sampled pixels changed inside the settle time
           rss_mb pss_mb uss_mb swap_mb threads procs  (all descendants, after settling)
           idle_cpu_pct idle_wakeups_s (over IDLE_S; threads that end in it do not count)   cpu_to_stable_s (CPU burnt by the end of settling) */
#define _GNU_SOURCE
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}
static int noerr(Display *d, XErrorEvent *e)
{
    (void)d;
    (void)e;
    return 0;
}
static int kids(pid_t *out, int max)
{ /* every descendant of this process */
    static int pp[65536], pid[65536];
    int n = 0;
    DIR *d = opendir("/proc");
    struct dirent *e;
    while ((e = readdir(d))) {
        int p = atoi(e->d_name);
        if (p <= 0 || n >= 65536) continue;
        char f[64], b[512];
        sprintf(f, "/proc/%d/stat", p);
        FILE *h = fopen(f, "r");
        if (!h) continue;
        size_t r = fread(b, 1, 511, h);
        fclose(h);
        b[r] = 0;
        char *q = strrchr(b, ')');
        if (!q) continue;
        char st;
        int ppid;
        sscanf(q + 2, "%c %d", &st, &ppid);
        if (st == 'Z') continue;
        pid[n] = p;
        pp[n++] = ppid;
    }
    closedir(d);
    int me = getpid(), c = 0, lo = 0;
    for (int i = 0; i < n; i++)
        if (pp[i] == me && c < max) out[c++] = pid[i];
    while (lo < c) {
        int x = out[lo++];
        for (int i = 0; i < n; i++)
            if (pp[i] == x && c < max) out[c++] = pid[i];
    }
    return c;
}
struct st {
    double cpu;
    long rss, pss, uss, swap, thr;
    int n;
    struct {
        int tid;
        long vol;
    } sw[4096]; /* voluntary context switches by thread */
    int sws;
};
/* between two looks; what a thread did that ended in between is not known */
static long wakeups(const struct st *a, const struct st *b)
{
    long n = 0;
    for (int i = 0; i < b->sws; i++) {
        long before = 0;
        for (int j = 0; j < a->sws; j++)
            if (a->sw[j].tid == b->sw[i].tid) before = a->sw[j].vol;
        n += b->sw[i].vol - before;
    }
    return n;
}
static struct st take(int mem)
{
    struct st s;
    memset(&s, 0, sizeof s);
    pid_t k[4096];
    s.n = kids(k, 4096);
    char f[80], l[512];
    for (int i = 0; i < s.n; i++) {
        sprintf(f, "/proc/%d/stat", k[i]);
        FILE *h = fopen(f, "r");
        if (!h) continue;
        char b[1024];
        size_t r = fread(b, 1, 1023, h);
        fclose(h);
        b[r] = 0;
        char *q = strrchr(b, ')');
        unsigned long u, v;
        long th;
        if (q && sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %ld", &u, &v, &th) == 3) {
            s.cpu += (u + v) / (double)sysconf(_SC_CLK_TCK);
            s.thr += th;
        }
        DIR *d;
        sprintf(f, "/proc/%d/task", k[i]);
        if ((d = opendir(f))) {
            struct dirent *e;
            while ((e = readdir(d))) {
                if (e->d_name[0] == '.') continue;
                char g[120];
                snprintf(g, 120, "/proc/%d/task/%s/status", k[i], e->d_name);
                FILE *t = fopen(g, "r");
                if (!t) continue;
                while (fgets(l, 512, t)) {
                    long x;
                    if (sscanf(l, "voluntary_ctxt_switches: %ld", &x) == 1 && s.sws < 4096) {
                        s.sw[s.sws].tid = atoi(e->d_name);
                        s.sw[s.sws++].vol = x;
                    }
                }
                fclose(t);
            }
            closedir(d);
        }
        if (mem) {
            sprintf(f, "/proc/%d/smaps_rollup", k[i]);
            h = fopen(f, "r");
            if (h) {
                while (fgets(l, 512, h)) {
                    long x;
                    if (sscanf(l, "Rss: %ld", &x) == 1) s.rss += x;
                    else if (sscanf(l, "Pss: %ld", &x) == 1) s.pss += x;
                    else if (sscanf(l, "Private_Clean: %ld", &x) == 1 || sscanf(l, "Private_Dirty: %ld", &x) == 1) s.uss += x;
                    else if (sscanf(l, "Swap: %ld", &x) == 1) s.swap += x;
                }
                fclose(h);
            }
        }
    }
    return s;
}
static unsigned char *grab(Display *d, Window w, int *W, int *H, int *nc)
{
    XWindowAttributes a;
    if (!XGetWindowAttributes(d, w, &a) || a.map_state != IsViewable) return 0;
    XImage *im = XGetImage(d, w, 0, 0, a.width, a.height, AllPlanes, ZPixmap);
    if (!im) return 0;
    int sw = a.width / 4, sh = a.height / 4;
    unsigned char *o = malloc(sw * sh * 3 + 1);
    unsigned cols[16];
    *nc = 0;
    for (int y = 0; y < sh; y++)
        for (int x = 0; x < sw; x++) {
            unsigned char *p = (unsigned char *)im->data + (y * 4) * im->bytes_per_line + (x * 4) * 4;
            unsigned c = p[0] | p[1] << 8 | p[2] << 16;
            memcpy(o + (y * sw + x) * 3, &c, 3);
            if (*nc < 16) {
                int k;
                for (k = 0; k < *nc; k++)
                    if (cols[k] == c) break;
                if (k == *nc) cols[(*nc)++] = c;
            }
        }
    *W = sw;
    *H = sh;
    XDestroyImage(im);
    return o;
}
static void shot(Display *d, const char *f)
{
    Window r = DefaultRootWindow(d);
    XWindowAttributes a;
    XGetWindowAttributes(d, r, &a);
    XImage *im = XGetImage(d, r, 0, 0, a.width, a.height, AllPlanes, ZPixmap);
    if (!im) return;
    FILE *h = fopen(f, "w");
    fprintf(h, "P6 %d %d 255\n", a.width, a.height);
    for (int y = 0; y < a.height; y++)
        for (int x = 0; x < a.width; x++) {
            unsigned char *p = (unsigned char *)im->data + y * im->bytes_per_line + x * 4;
            fputc(p[2], h);
            fputc(p[1], h);
            fputc(p[0], h);
        }
    fclose(h);
    XDestroyImage(im);
}
int main(int c, char **v)
{
    const char *root = 0, *ppm = 0;
    int uid = 0;
    double settle = 8, idle = 10, limit = 60;
    int i = 1;
    for (; i < c && strcmp(v[i], "--"); i++) {
        if (!strcmp(v[i], "-r")) root = v[++i];
        else if (!strcmp(v[i], "-u")) uid = atoi(v[++i]);
        else if (!strcmp(v[i], "-s")) settle = atof(v[++i]);
        else if (!strcmp(v[i], "-i")) idle = atof(v[++i]);
        else if (!strcmp(v[i], "-g")) ppm = v[++i];
    }
    i++;
    if (i >= c) return 2;
    Display *d = XOpenDisplay(0);
    if (!d) {
        fprintf(stderr, "no display\n");
        return 2;
    }
    XSetErrorHandler(noerr);
    Window r = DefaultRootWindow(d);
    XSelectInput(d, r, SubstructureNotifyMask);
    XSync(d, False);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    double t0 = now();
    pid_t p = fork();
    if (!p) {
        close(ConnectionNumber(d));
        setsid();
        int lf = 2;
        if (!getenv("VERBOSE")) {
            freopen("/dev/null", "w", stdout);
            freopen("/dev/null", "w", stderr);
        }
        (void)lf;
        if (root && (chroot(root) || chdir("/"))) _exit(97);
        if (uid && (setgid(uid) || setuid(uid))) _exit(96);
        if (getenv("HOME") && chdir(getenv("HOME"))) {
        }
        execvp(v[i], v + i);
        _exit(98);
    }
    Window win = 0;
    double tm = 0, tp = 0, ts = 0;
    unsigned char *prev = 0;
    int pw = 0, ph = 0;
    while (now() - t0 < limit) {
        while (XPending(d)) {
            XEvent e;
            XNextEvent(d, &e);
            if (e.type == MapNotify && !win && !e.xmap.override_redirect) {
                XWindowAttributes a;
                if (XGetWindowAttributes(d, e.xmap.window, &a) && a.width >= 200 && a.height >= 100) {
                    win = e.xmap.window;
                    tm = now();
                }
            } else if (e.type == MapNotify && win && !e.xmap.override_redirect) { /* a bigger window replaces a splash */
                XWindowAttributes a, b;
                if (XGetWindowAttributes(d, e.xmap.window, &a) && a.width >= 200 && a.height >= 100 &&
                    (!XGetWindowAttributes(d, win, &b) || (long)a.width * a.height > (long)b.width * b.height)) {
                    printf("second_window_ms=%.1f\n", (now() - t0) * 1e3);
                    win = e.xmap.window;
                    free(prev);
                    prev = 0;
                }
            } else if (e.type == ConfigureNotify && !win) {
                XWindowAttributes a;
                if (XGetWindowAttributes(d, e.xconfigure.window, &a) && a.map_state == IsViewable && !a.override_redirect && a.width >= 200 &&
                    a.height >= 100) {
                    win = e.xconfigure.window;
                    tm = now();
                }
            }
        }
        if (win) {
            int W, H, nc;
            unsigned char *g = grab(d, win, &W, &H, &nc);
            double t = now();
            if (g) {
                if (!tp && nc >= 8) tp = t;
                if (!prev || W != pw || H != ph) ts = t;
                else {
                    long df = 0;
                    for (long k = 0; k < (long)W * H; k++)
                        if (memcmp(g + 3 * k, prev + 3 * k, 3)) df++;
                    if (df * 200 > (long)W * H) ts = t;
                }
                free(prev);
                prev = g;
                pw = W;
                ph = H;
            }
            if (t - tm > settle) break;
        }
        struct pollfd f = {ConnectionNumber(d), POLLIN, 0};
        poll(&f, 1, win ? (tp ? 25 : 4) : 20);
        int st;
        if (waitpid(p, &st, WNOHANG) == p && !win && kids((pid_t[64]){0}, 64) == 0) {
            printf("exited=%d\n", st);
            return 1;
        }
    }
    if (!win) {
        printf("no_window_in_s=%.0f\n", limit);
    } else
        printf("map_ms=%.1f\npaint_ms=%.1f\nstable_ms=%.1f\nwin=%dx%d\n", (tm - t0) * 1e3, tp ? (tp - t0) * 1e3 : -1, (ts - t0) * 1e3, pw * 4,
               ph * 4);
    struct st a = take(1);
    printf("cpu_to_stable_s=%.2f\nrss_mb=%.1f\npss_mb=%.1f\nuss_mb=%.1f\nswap_mb=%.1f\nthreads=%ld\nprocs=%d\n", a.cpu, a.rss / 1024., a.pss / 1024.,
           a.uss / 1024., a.swap / 1024., a.thr, a.n);
    if (ppm) shot(d, ppm);
    if (idle > 0) {
        double q = now();
        a = take(0);
        usleep(idle * 1e6);
        struct st b = take(1);
        q = now() - q;
        printf("idle_cpu_pct=%.2f\nidle_wakeups_s=%.1f\nidle_pss_mb=%.1f\nidle_rss_mb=%.1f\n", (b.cpu - a.cpu) / q * 100, wakeups(&a, &b) / q,
               b.pss / 1024., b.rss / 1024.);
    }
    for (int round = 0; round < 40; round++) {
        pid_t k[4096];
        int n = kids(k, 4096);
        if (!n) break;
        for (int j = 0; j < n; j++) kill(k[j], round < 10 ? SIGTERM : SIGKILL);
        usleep(100000);
        while (waitpid(-1, 0, WNOHANG) > 0)
            ;
    }
    return win ? 0 : 1;
}
