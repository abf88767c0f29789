// The least a program can do to move bytes: what io.sluice.benchmarks.DataPath is held against.
//   cc -O2 -o data_path data_path.c
//   ./data_path send SIZE COUNT                              prints a port, sends to whoever connects, in pages of a memfd
//   ./data_path move file|PORT memory|cache|direct SIZE COUNT FROM TO
//                       memory: read into aligned memory, O_DIRECT    cache: splice, page cache    direct: splice, O_DIRECT
// Operation i begins at i * SIZE of both files, which hold SPAN bytes; one fdatasync at the end counts.
// Prints: nanoseconds per operation, CPU nanoseconds per operation (of the process that moves).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A pipe, what is waited for, and what is read at once; and whole pages in skbs of their own: k * 4096 + 12 of timestamps.
enum { BLOCK = 4096, PIPE = 1 << 20, SPAN = 64 << 20, SEGMENT = 2 * 4096 + 12 };

static void die(const char *what) { perror(what); exit(1); }

static double at(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static int tcp(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0), mss = SEGMENT;
  if (s < 0 || setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss)) die("socket");
  return s;
}

static int send_all(long size, long count) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof a;
  int listener = tcp(), one = 1, m = memfd_create("payload", 0);
  if (bind(listener, (void *)&a, sizeof a) || listen(listener, 1)) die("listen");
  getsockname(listener, (void *)&a, &length);
  if (ftruncate(m, size)) die("ftruncate");
  memset(mmap(0, size, PROT_WRITE, MAP_SHARED, m, 0), 7, size);
  printf("%d\n", ntohs(a.sin_port));
  fflush(stdout);
  alarm(60);
  int s = accept(listener, 0, 0);
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (long i = 0; i < count; i++)
    for (off_t o = 0; o < size;)
      if (sendfile(s, m, &o, size - o) <= 0) die("sendfile");
  return 0;
}

static int receiver(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
  int s = tcp();
  if (connect(s, (void *)&a, sizeof a)) die("connect");
  fcntl(s, F_SETFL, O_NONBLOCK);
  return s;
}

// Waits for `want` bytes or a pipe's worth of them.
static void await(int s, long want) {
  static int low = 1;
  int wanted = want < PIPE ? want : PIPE;
  if (wanted != low && setsockopt(s, SOL_SOCKET, SO_RCVLOWAT, &wanted, sizeof wanted)) die("SO_RCVLOWAT");
  low = wanted;
  struct pollfd p = {.fd = s, .events = POLLIN};
  if (poll(&p, 1, 10000) != 1) die("poll");
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "send")) return send_all(atol(argv[2]), atol(argv[3]));
  if (argc != 8) return 2;
  int file = !strcmp(argv[2], "file"), splices = strcmp(argv[3], "memory"), cache = !strcmp(argv[3], "cache");
  long size = atol(argv[4]), count = atol(argv[5]);
  int to = open(argv[7], O_RDWR | (cache ? 0 : O_DIRECT));
  int from = file ? open(argv[6], O_RDONLY | (cache ? 0 : O_DIRECT)) : receiver(atoi(argv[2]));
  if (to < 0 || from < 0) die("open");
  int p[2];
  if (pipe2(p, O_NONBLOCK) || fcntl(p[1], F_SETPIPE_SZ, PIPE) < 0) die("pipe");
  char *memory = aligned_alloc(4096, PIPE);
  memset(memory, 0, PIPE);
  double t0 = at(CLOCK_MONOTONIC), c0 = at(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < count; i++) {
    loff_t in_at = i * size % SPAN, out_at = in_at;
    // held: in the pipe or the memory, and not written.
    for (long done = 0, held = 0; done < size || held;) {
      while (done < size && held < PIPE) {
        long want = size - done < PIPE - held ? size - done : PIPE - held;
        ssize_t r = splices ? splice(from, file ? &in_at : 0, p[1], 0, want, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
                    : file  ? pread(from, memory + held, want, in_at)
                            : read(from, memory + held, want);
        if (r < 0 && errno == EAGAIN) { // the socket is empty or the pipe full
          if (held >= BLOCK) break;
          await(from, size - done);
          continue;
        }
        if (r <= 0) die("in");
        if (file && !splices) in_at += r;
        done += r, held += r;
      }
      long whole = done == size ? held : held - held % BLOCK;
      for (long o = 0, refused = 0; o < whole;) {
        ssize_t r = splices && !refused ? splice(p[0], 0, to, &out_at, whole - o, SPLICE_F_MOVE) : -2;
        if (r == -1 && errno == EINVAL && !cache) refused = 1;
        if (refused) { // a misaligned fragment: the rest of this pipe through memory
          if (read(p[0], memory, whole - o) != whole - o) die("refused");
          r = pwrite(to, memory, whole - o, out_at), out_at += r;
        } else if (r == -2)
          r = pwrite(to, memory + o, whole - o, out_at), out_at += r;
        if (r <= 0) die("out");
        o += r;
      }
      held -= whole;
      if (!splices) memmove(memory, memory + whole, held);
    }
  }
  fdatasync(to);
  printf("%.0f %.0f\n", (at(CLOCK_MONOTONIC) - t0) / count, (at(CLOCK_PROCESS_CPUTIME_ID) - c0) / count);
  return 0;
}
