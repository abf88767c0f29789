// The least a program can do with the payload of writes and reads: what benchmarks/datapath holds the daemons against.
//   cc -O2 -msse4.2 -o payload_path payload_path.c
//   ./payload_path stream|tee|memfd|memory OBJECT_BYTES MIB COPIES DIR   socket -> O_DIRECT file, and on to COPIES - 1 replicas
//   ./payload_path read|warm OBJECT_BYTES MIB 1 DIR                      O_DIRECT file, or page cache -> pipe -> socket
// stream: pipes, nobody looks; tee: pipes, each byte is looked at through a memfd window; memfd: an unaligned sender, received into
// a memfd, looked at, written from there, sent on by sendfile; memory: the same sender, aligned memory, sent on by send.
// Prints: GB/s until all copies are durable (an fdatasync at the end of each), CPU seconds per GB of all but the client, % direct.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPE = 1 << 20, CHUNK = 256 << 10, HEAD = 300, EPILOGUE = 13, SPAN = 256 << 20, COPIES_MAX = 3 };

static const char *dir;
static long object_bytes, total;
static long direct, copied;
static char head[HEAD];
static uint64_t sums;

static void die(const char *what) { perror(what); exit(1); }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double cpu(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

// What a checksum of every 4 KiB costs: four independent streams.
static void look(const char *bytes, long count) {
  for (long o = 0; o + 4096 <= count; o += 4096) {
    const uint64_t *at = (const void *)(bytes + o);
    uint64_t a = ~0u, b = ~0u, c = ~0u, d = ~0u;
    for (int i = 0; i < 128; i++) {
      a = _mm_crc32_u64(a, at[i]), b = _mm_crc32_u64(b, at[i + 128]);
      c = _mm_crc32_u64(c, at[i + 256]), d = _mm_crc32_u64(d, at[i + 384]);
    }
    sums += a ^ b ^ c ^ d;
  }
}

static int listen_on(struct sockaddr_in *addr) {
  int s = socket(AF_INET, SOCK_STREAM, 0), mss = 7 * 4096 + 12;
  socklen_t length = sizeof *addr;
  *addr = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss);
  if (bind(s, (void *)addr, sizeof *addr) || listen(s, 1)) die("listen");
  getsockname(s, (void *)addr, &length);
  return s;
}

static int connect_to(struct sockaddr_in *addr) {
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1, mss = 7 * 4096 + 12;
  setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss);
  if (connect(s, (void *)addr, sizeof *addr)) die("connect");
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return s;
}

// Whole segments, which are whole pages, also where the receiver's window ends: else the page in which it ends comes in two fragments, which
// no O_DIRECT file takes. (docs/adr/0030; the daemons do it when a socket is full, this program from the start.)
static void cork(int s, int on) {
  if (object_bytes >= PIPE) setsockopt(s, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

static int data_file(const char *name, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.dat", dir, name);
  int f = open(path, O_RDWR | O_CREAT | flags, 0600);
  if (f < 0) die(path);
  return f;
}

// Blocks that are written already: an extent of a store that has been in use.
static int prepared(const char *name) {
  int f = data_file(name, 0);
  if (lseek(f, 0, SEEK_END) < SPAN) {
    char *bytes = malloc(1 << 20);
    memset(bytes, 5, 1 << 20);
    for (long o = 0; o < SPAN; o += 1 << 20)
      if (pwrite(f, bytes, 1 << 20, o) != 1 << 20) die("prepare");
    free(bytes);
  }
  fsync(f);
  posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED);
  close(f);
  return data_file(name, O_DIRECT);
}

static void take(int s, char *into, long count) {
  for (long o = 0; o < count;) {
    ssize_t r = recv(s, into + o, count - o, 0);
    if (r <= 0) die("recv");
    o += r;
  }
}

static long fill(int s, int pipe, long need) {
  long in = 0;
  while (in < need && in < PIPE) {
    ssize_t r = splice(s, 0, pipe, 0, (need < PIPE ? need : PIPE) - in, SPLICE_F_MOVE | (in ? SPLICE_F_NONBLOCK : 0));
    if (r < 0 && errno == EAGAIN) break;
    if (r <= 0) die("splice in");
    in += r;
  }
  return in;
}

static void move(int pipe, int to, long count) {
  while (count > 0) {
    ssize_t r = splice(pipe, 0, to, 0, count, SPLICE_F_MOVE);
    if (r <= 0) die("splice out");
    count -= r;
  }
}

static void drain(int pipe, int f, int buffered, off_t at, long count) {
  for (long o = 0; o < count;) {
    off_t off = at + o;
    ssize_t r = splice(pipe, 0, f, &off, count - o, SPLICE_F_MOVE);
    if (r > 0) {
      direct += r;
    } else {
      off = at + o;
      r = splice(pipe, 0, buffered, &off, count - o < 4096 ? count - o : 4096, SPLICE_F_MOVE);
      if (r <= 0) die("splice to file");
      copied += r;
    }
    o += r;
  }
}

static void client(struct sockaddr_in *to, int aligned) {
  int s = connect_to(to), m = memfd_create("payload", 0);
  if (ftruncate(m, object_bytes)) die("ftruncate");
  char *bytes = mmap(0, object_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
  memset(bytes, 7, object_bytes);
  if (aligned) cork(s, 1);
  for (long n = 0; n < total; n += object_bytes) {
    if (aligned) {
      send(s, head, HEAD, MSG_EOR);
      for (off_t o = 0; o < object_bytes;)
        if (sendfile(s, m, &o, object_bytes - o) <= 0) _exit(1);
      send(s, head, EPILOGUE, MSG_EOR);
    } else {
      struct iovec parts[3] = {{head, HEAD}, {bytes, object_bytes}, {head, EPILOGUE}};
      for (int i = 0; i < 3;) {
        ssize_t r = writev(s, parts + i, 3 - i);
        if (r <= 0) _exit(1);
        for (; i < 3 && r >= (ssize_t)parts[i].iov_len; i++) r -= parts[i].iov_len;
        if (i < 3) parts[i].iov_base = (char *)parts[i].iov_base + r, parts[i].iov_len -= r;
      }
    }
  }
  _exit(0);
}

struct end { int f, buffered, pipe[2], spare[2], window; char *mapped; };

static void open_end(struct end *e, const char *name) {
  e->f = prepared(name);
  e->buffered = data_file(name, 0);
  if (pipe(e->pipe) || pipe(e->spare)) die("pipe");
  fcntl(e->pipe[0], F_SETPIPE_SZ, PIPE);
  fcntl(e->spare[0], F_SETPIPE_SZ, PIPE);
  e->window = memfd_create("window", 0);
  if (ftruncate(e->window, PIPE)) die("ftruncate");
  e->mapped = mmap(0, PIPE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, e->window, 0);
  memset(e->mapped, 1, PIPE);
}

static void scan(struct end *e, long count) {
  if (tee(e->pipe[0], e->spare[1], count, 0) != count) die("tee");
  for (long done = 0; done < count;) {
    off_t o = 0;
    long part = count - done < CHUNK ? count - done : CHUNK;
    for (long k = 0; k < part;) {
      ssize_t r = splice(e->spare[0], 0, e->window, &o, part - k, SPLICE_F_MOVE);
      if (r <= 0) die("window");
      k += r;
    }
    look(e->mapped, part);
    done += part;
  }
}

// One object from a socket to the file, and on; a replica's sender always aligns.
static void object(struct end *e, int s, off_t at, const char *mode, const int *onward, int count) {
  take(s, head, HEAD);
  for (int i = 0; i < count; i++) send(onward[i], head, HEAD, MSG_EOR);
  for (long done = 0; done < object_bytes;) {
    long left = object_bytes - done, got;
    if (!strcmp(mode, "stream") || !strcmp(mode, "tee")) {
      got = fill(s, e->pipe[1], left);
      if (mode[0] == 't') scan(e, got);
      for (int i = 0; i < count; i++) {
        if (tee(e->pipe[0], e->spare[1], got, 0) != got) die("tee");
        move(e->spare[0], onward[i], got);
      }
      drain(e->pipe[0], e->f, e->buffered, at + done, got);
    } else {
      got = left < PIPE ? left : PIPE;
      for (long o = 0; o < got; o += CHUNK) {
        long part = got - o < CHUNK ? got - o : CHUNK;
        take(s, e->mapped + o, part);
        look(e->mapped + o, part);
        for (int i = 0; i < count; i++)
          for (off_t from = o; from < o + part;)
            if (strcmp(mode, "memfd")) {
              ssize_t r = send(onward[i], e->mapped + from, o + part - from, 0);
              if (r <= 0) die("send");
              from += r;
            } else if (sendfile(onward[i], e->window, &from, o + part - from) <= 0) {
              die("sendfile");
            }
      }
      if (pwrite(e->f, e->mapped, got, at + done) != got) die("pwrite");
      direct += got;
      for (int i = 0; i < count; i++) { // the window is filled again: its pages must have arrived
        char ack;
        take(onward[i], &ack, 1);
      }
    }
    done += got;
  }
  take(s, head, EPILOGUE);
  for (int i = 0; i < count; i++) send(onward[i], head, EPILOGUE, MSG_EOR);
}

static void replica(int listener, const char *name, const char *mode, int report) {
  struct end e;
  int s = accept(listener, 0, 0), none = 0, slots = !strcmp(mode, "memfd") || !strcmp(mode, "memory");
  open_end(&e, name);
  double begin = cpu();
  for (long n = 0; n < total; n += object_bytes) {
    off_t at = n % (SPAN - object_bytes + 1) / 4096 * 4096;
    if (!slots) {
      object(&e, s, at, mode, &none, 0);
    } else {
      take(s, head, HEAD);
      for (long done = 0; done < object_bytes;) {
        long left = object_bytes - done < PIPE ? object_bytes - done : PIPE;
        for (long o = 0; o < left;) {
          long got = fill(s, e.pipe[1], left - o);
          drain(e.pipe[0], e.f, e.buffered, at + done + o, got);
          o += got;
        }
        send(s, "a", 1, 0);
        done += left;
      }
      take(s, head, EPILOGUE);
    }
  }
  fdatasync(e.f);
  double used = cpu() - begin;
  if (write(report, &used, sizeof used) != sizeof used) _exit(1);
  send(s, "d", 1, 0);
  _exit(0);
}

static void reads(struct end *e, struct sockaddr_in *addr, int listener, int warm) {
  int from = warm ? e->buffered : e->f;
  if (warm)
    for (off_t o = 0; o < SPAN; o += PIPE)
      if (pread(from, e->mapped, PIPE, o) != PIPE) die("warm up");
  if (!fork()) {
    int s = connect_to(addr);
    char *bytes = malloc(PIPE);
    while (recv(s, bytes, PIPE, 0) > 0) continue;
    _exit(0);
  }
  int s = accept(listener, 0, 0);
  double begin = now(), used = cpu();
  for (long n = 0; n < total; n += object_bytes)
    for (long done = 0; done < object_bytes;) {
      off_t off = (n + done) % SPAN;
      long left = object_bytes - done < PIPE ? object_bytes - done : PIPE;
      ssize_t r = splice(from, &off, e->pipe[1], 0, left, SPLICE_F_MOVE);
      if (r <= 0) die("splice from file");
      move(e->pipe[0], s, r);
      done += r;
    }
  close(s);
  wait(0);
  printf("%.4f %.4f 100.0\n", total / 1e9 / (now() - begin), (cpu() - used) / (total / 1e9));
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: payload_path stream|tee|memfd|memory|read|warm OBJECT_BYTES MIB COPIES DIR\n");
    return 2;
  }
  const char *mode = argv[1];
  int copies = atoi(argv[4]), onward[COPIES_MAX], report[2];
  object_bytes = atol(argv[2]), total = atol(argv[3]) << 20, dir = argv[5];
  struct sockaddr_in addr, others[COPIES_MAX];
  struct end e;
  int listener = listen_on(&addr), listeners[COPIES_MAX];
  if (object_bytes > SPAN / 2 || copies < 1 || copies > COPIES_MAX || pipe(report)) die("arguments");
  open_end(&e, "copy0");
  if (!strcmp(mode, "read") || !strcmp(mode, "warm")) {
    reads(&e, &addr, listener, mode[0] == 'w');
    return 0;
  }
  for (int i = 1; i < copies; i++) {
    char name[16];
    snprintf(name, sizeof name, "copy%d", i);
    listeners[i] = listen_on(&others[i]);
    close(prepared(name));
    if (!fork()) replica(listeners[i], name, mode, report[1]);
    onward[i - 1] = connect_to(&others[i]);
  }
  int aligned = !strcmp(mode, "stream") || !strcmp(mode, "tee");
  for (int i = 1; aligned && i < copies; i++) cork(onward[i - 1], 1);
  if (!fork()) client(&addr, aligned);
  int s = accept(listener, 0, 0);
  double begin = now(), used = cpu(), other;
  for (long n = 0; n < total; n += object_bytes)
    object(&e, s, n % (SPAN - object_bytes + 1) / 4096 * 4096, mode, onward, copies - 1);
  for (int i = 1; i < copies; i++) cork(onward[i - 1], 0);
  fdatasync(e.f);
  used = cpu() - used;
  for (int i = 1; i < copies; i++) {
    char done;
    take(onward[i - 1], &done, 1);
    if (read(report[0], &other, sizeof other) != sizeof other) die("report");
    used += other;
  }
  printf("%.4f %.4f %.1f\n", total / 1e9 / (now() - begin), used / (total / 1e9), 100.0 * direct / (direct + copied));
  while (wait(0) > 0) continue;
  return 0;
}
