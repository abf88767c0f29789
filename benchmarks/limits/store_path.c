// The least that staging and committing could do: pipes filled from a memfd, spliced into an O_DIRECT file, fdatasync.
//   store_path FILE SPAN_BYTES OBJECT_BYTES COUNT    prints: nanoseconds and CPU nanoseconds per object
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
#define PIPES 16

static void check(long result, const char *what) {
  if (result < 0) {
    perror(what);
    exit(1);
  }
}

static double seconds(struct timeval at) { return at.tv_sec * 1e9 + at.tv_usec * 1e3; }

static double cpu(void) {
  struct rusage usage;
  check(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e9 + at.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: store_path FILE SPAN_BYTES OBJECT_BYTES COUNT\n");
    return 2;
  }
  long span = atol(argv[2]), bytes = atol(argv[3]), count = atol(argv[4]);
  int file = open(argv[1], O_RDWR | O_CREAT | O_DIRECT, 0600);
  check(file, argv[1]);
  check(posix_fallocate(file, 0, span) ? -1 : 0, "fallocate");
  int memfd = memfd_create("payload", 0);
  check(memfd, "memfd_create");
  check(posix_fallocate(memfd, 0, bytes) ? -1 : 0, "fallocate memfd");
  int pipes[PIPES][2];
  int used = (int)((bytes + PIPE_BYTES - 1) / PIPE_BYTES);
  for (int i = 0; i < used; i++) {
    check(pipe2(pipes[i], O_CLOEXEC), "pipe2");
    check(fcntl(pipes[i][1], F_SETPIPE_SZ, PIPE_BYTES), "F_SETPIPE_SZ");
  }
  double began = now(), cpuBegan = cpu();
  for (long n = 0; n < count; n++) {
    for (int i = 0; i < used; i++) {
      for (long done = 0, part = bytes - i * (long)PIPE_BYTES < PIPE_BYTES ? bytes - i * (long)PIPE_BYTES : PIPE_BYTES; done < part;) {
        loff_t from = i * (long)PIPE_BYTES + done;
        long moved = splice(memfd, &from, pipes[i][1], NULL, part - done, 0);
        check(moved, "splice into a pipe");
        done += moved;
      }
    }
    loff_t to = n * bytes % span;
    for (int i = 0; i < used; i++) {
      for (long done = 0, part = bytes - i * (long)PIPE_BYTES < PIPE_BYTES ? bytes - i * (long)PIPE_BYTES : PIPE_BYTES; done < part;) {
        long moved = splice(pipes[i][0], NULL, file, &to, part - done, SPLICE_F_MOVE);
        check(moved, "splice to the file");
        done += moved;
      }
    }
    check(fdatasync(file), "fdatasync");
  }
  printf("%.0f %.0f\n", (now() - began) / count, (cpu() - cpuBegan) / count);
  return 0;
}
