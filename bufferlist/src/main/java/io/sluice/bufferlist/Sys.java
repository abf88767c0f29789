package io.sluice.bufferlist;

/**
 * The Linux calls of the data path, as a seam: {@link Linux} makes them, tests inject errors and
 * short counts at the n-th call.
 *
 * <p>Every method returns what the system call returns, and on failure {@code -errno} (never
 * throws, never retries): {@code -11} is EAGAIN. Offsets are bytes; an offset of {@code -1} means
 * "the descriptor's own position", which pipes and sockets require. Addresses are raw memory
 * addresses.
 *
 * <p><b>Threads:</b> any. Calls on files block; event loops never pass a data file's descriptor,
 * but to {@link #preadNow}.
 */
public interface Sys {
  int EINTR = 4;
  int EIO = 5;
  int EBADF = 9;
  int EAGAIN = 11;
  int EINVAL = 22;
  int EMFILE = 24;
  int EFBIG = 27;
  int ENOSPC = 28;
  int ESPIPE = 29;
  int EPIPE = 32;
  int ENOSYS = 38;
  int ECONNRESET = 104;
  int EDQUOT = 122;

  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_RDWR = 2;
  int O_CREAT = 0x40;
  int O_EXCL = 0x80;
  int O_NONBLOCK = 0x800;
  int O_DIRECT = 0x4000;
  int O_CLOEXEC = 0x80000;

  /** A file without a name in a directory, which includes O_DIRECTORY. */
  int O_TMPFILE = 0x410000;

  int SPLICE_F_MOVE = 1;
  int SPLICE_F_NONBLOCK = 2;
  int SPLICE_F_MORE = 4;

  /** recv: the bytes stay in the socket. */
  int MSG_PEEK = 2;

  /** recv of TCP: so many bytes are dropped, nothing is written to the address. */
  int MSG_TRUNC = 0x20;

  int MSG_DONTWAIT = 0x40;
  int MSG_EOR = 0x80;
  int MSG_NOSIGNAL = 0x4000;
  int MSG_MORE = 0x8000;

  int F_SETPIPE_SZ = 1031;
  int F_GETPIPE_SZ = 1032;
  int FIONREAD = 0x541b;

  int SOL_SOCKET = 1;

  /** poll says POLLIN from that many bytes on; also at the end, and when no more fit. */
  int SO_RCVLOWAT = 18;

  /** Nothing is read ahead of what is asked for. */
  int POSIX_FADV_RANDOM = 1;

  /** The page cache begins to bring the range, and no more. */
  int POSIX_FADV_WILLNEED = 3;

  int POLLIN = 1;
  int POLLOUT = 4;

  /** A descriptor; {@code mode} for files that are made. */
  int open(String path, int flags, int mode);

  /** Closes, also when it says that it failed. */
  int close(int fd);

  /** Reads: bytes, 0 at the end. */
  long read(int fd, long address, long count);

  /** Writes: bytes. */
  long write(int fd, long address, long count);

  /** Reads at an offset: bytes, 0 at the end. */
  long pread(int fd, long address, long count, long offset);

  /**
   * Reads at an offset what the page cache holds, and never waits for the disk: bytes, which may be
   * fewer; {@code -EAGAIN} when the first is not there, and the kernel may begin to bring it; 0 at
   * the end.
   */
  long preadNow(int fd, long address, long count, long offset);

  /** Writes at an offset: bytes. */
  long pwrite(int fd, long address, long count, long offset);

  /** {@code iov}: address of an array of {@code struct iovec}. */
  long preadv(int fd, long iov, int count, long offset);

  /** The same, gathered for writing. */
  long pwritev(int fd, long iov, int count, long offset);

  /**
   * {@code iov}: address of an array of {@code struct iovec}; the message carries no control data.
   */
  long sendmsg(int fd, long iov, int count, int flags);

  /** Receives: bytes, 0 when the peer has finished. */
  long recv(int fd, long address, long count, int flags);

  /** Moves pages, one end a pipe: bytes, 0 at the end of the source. */
  long splice(int fdIn, long offsetIn, int fdOut, long offsetOut, long count, int flags);

  /** Duplicates a pipe's head into another pipe: bytes. */
  long tee(int fdIn, int fdOut, long count, int flags);

  /** From a file's page cache to a socket: bytes. {@code offset} is the file's. */
  long sendfile(int fdOut, int fdIn, long offset, long count);

  /** Flushes data and metadata. Blocks. */
  int fsync(int fd);

  /** Flushes data and what is needed to find it. Blocks. */
  int fdatasync(int fd);

  /** Allocates, or with a mode punches, {@code [offset, offset+length)}. */
  int fallocate(int fd, int mode, long offset, long length);

  /** Says how a file, or a range of it, will be read. */
  int fadvise(int fd, long offset, long length, int advice);

  /** Sets the length in bytes. */
  int ftruncate(int fd, long length);

  /** A command that takes and gives an int, such as F_GETPIPE_SZ. */
  int fcntl(int fd, int command, long argument);

  /** ioctl FIONREAD: bytes readable, or -errno. */
  int readable(int fd);

  /**
   * poll of one descriptor: what is ready of {@code events} (or POLLERR, POLLHUP), 0 after {@code
   * timeoutMillis}, or -errno. Blocks; never on an event loop.
   */
  int poll(int fd, int events, int timeoutMillis);

  /** pipe2: fills {@code ends[0]} (read) and {@code ends[1]} (write). */
  int pipe2(int[] ends, int flags);

  /** A file of memory: its descriptor. */
  int memfdCreate(String name, int flags);

  /** Returns the address, or -errno. */
  long mmap(long length, int protection, int flags, int fd, long offset);

  /** Ends a mapping. */
  int munmap(long address, long length);

  /**
   * The value of an int socket option, or -errno in {@code value[0]}'s place: returns 0 or -errno.
   */
  int getsockopt(int fd, int level, int option, int[] value);

  /** Sets an int socket option: 0. */
  int setsockopt(int fd, int level, int option, int value);

  /** {@code tcpi_snd_mss} of TCP_INFO in bytes, or -errno. */
  int sendMss(int fd);

  /**
   * statx STATX_DIOALIGN: the required offset alignment for O_DIRECT in bytes, 0 = no O_DIRECT, or
   * -errno.
   */
  int directIoAlignment(String path);

  /** flock LOCK_EX|LOCK_NB on an open file: 0 or -errno. */
  int tryLock(int fd);

  /** The text of an errno, as strerror gives it. */
  String describe(int errno);
}
