// The least a program can do to move bytes: what io.sluice.benchmarks.DataPathBenchmark is held against.
//   cc -O2 -o data_path data_path.c
//   ./data_path file   splice|memory SIZE COUNT FROM TO     O_DIRECT file -> O_DIRECT file
//   ./data_path socket splice|memory SIZE COUNT -    TO     TCP over loopback -> O_DIRECT file
// Prints: nanoseconds per operation, CPU nanoseconds per operation (of the receiver).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPE = 1 << 20, SPAN = 64 << 20 };

static void die(const char *what) { perror(what); exit(1); }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double cpu(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e9 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e3;
}

// Page-aligned payload in skbs of its own, as our client sends it.
static int receive_from_child(long size, long count) {
  int mss = 2 * 4096 + 12, one = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof a;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss);
  if (bind(listener, (void *)&a, sizeof a) || listen(listener, 1)) die("listen");
  getsockname(listener, (void *)&a, &length);
  if (!fork()) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss);
    if (connect(s, (void *)&a, sizeof a)) die("connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int m = memfd_create("payload", 0);
    if (ftruncate(m, size)) die("ftruncate");
    char *p = mmap(0, size, PROT_WRITE, MAP_SHARED, m, 0);
    memset(p, 7, size);
    for (long i = 0; i < count; i++)
      for (off_t o = 0; o < size;)
        if (sendfile(s, m, &o, size - o) <= 0) _exit(1);
    _exit(0);
  }
  return accept(listener, 0, 0);
}

int main(int argc, char **argv) {
  if (argc < 7) return 2;
  int file = !strcmp(argv[1], "file"), splices = !strcmp(argv[2], "splice");
  long size = atol(argv[3]), count = atol(argv[4]);
  int to = open(argv[6], O_RDWR | O_CREAT | O_DIRECT, 0600);
  int from = file ? open(argv[5], O_RDONLY | O_DIRECT) : receive_from_child(size, count);
  if (to < 0 || from < 0) die("open");
  int p[2];
  if (pipe(p) || fcntl(p[1], F_SETPIPE_SZ, PIPE) < 0) die("pipe");
  char *memory = aligned_alloc(4096, PIPE);
  memset(memory, 0, PIPE);
  double t0 = now(), c0 = cpu();
  for (long i = 0; i < count; i++) {
    loff_t at = i * size % SPAN, out = at;
    long refused = 0;
    for (long done = 0; done < size;) {
      long want = size - done < PIPE ? size - done : PIPE, in = 0;
      while (in < want) {
        ssize_t r = splices ? splice(from, file ? &at : 0, p[1], 0, want - in, SPLICE_F_MOVE | (in ? SPLICE_F_NONBLOCK : 0))
                    : file  ? pread(from, memory + in, want - in, at)
                            : read(from, memory + in, want - in);
        if (r < 0 && errno == EAGAIN) break;
        if (r <= 0) die("in");
        if (file && !splices) at += r;
        in += r;
      }
      for (long o = 0; o < in;) {
        ssize_t r = splices && !refused ? splice(p[0], 0, to, &out, in - o, SPLICE_F_MOVE) : -2;
        if (r == -1 && errno == EINVAL) refused = 1;
        if (refused) { // a misaligned fragment: the rest of this pipe through memory
          if (read(p[0], memory, in - o) != in - o || (in - o) % 512) die("refused");
          r = pwrite(to, memory, in - o, out), out += r;
        } else if (r == -2)
          r = pwrite(to, memory + o, in - o, out), out += r;
        if (r <= 0) die("out");
        o += r;
      }
      refused = 0;
      done += in;
    }
  }
  printf("%.0f %.0f\n", (now() - t0) / count, (cpu() - c0) / count);
  if (!file) wait(0);
  return 0;
}
