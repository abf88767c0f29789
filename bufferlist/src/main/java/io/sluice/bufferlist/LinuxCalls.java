package io.sluice.bufferlist;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The C functions under {@link Linux}, under their C names.
 *
 * <p>Bound through the handle of the process, so that {@code LD_PRELOAD} and strace see and may
 * change every call. Pointers, {@code size_t} and {@code off_t} are longs: no boxing and no
 * allocation per call. Strings are NUL-terminated byte arrays, which JNA copies; only calls off the
 * data path take them.
 */
final class LinuxCalls {
  static {
    Native.register(LinuxCalls.class, NativeLibrary.getProcess());
  }

  private LinuxCalls() {}

  static native int open(byte[] path, int flags, int mode);

  static native int close(int fd);

  static native long read(int fd, long address, long count);

  static native long write(int fd, long address, long count);

  static native long pread(int fd, long address, long count, long offset);

  static native long pwrite(int fd, long address, long count, long offset);

  static native long preadv(int fd, long iov, int count, long offset);

  static native long preadv2(int fd, long iov, int count, long offset, int flags);

  static native long pwritev(int fd, long iov, int count, long offset);

  static native long sendmsg(int fd, long message, int flags);

  static native long recv(int fd, long address, long count, int flags);

  static native long splice(
      int fdIn, long offsetIn, int fdOut, long offsetOut, long count, int flags);

  static native long tee(int fdIn, int fdOut, long count, int flags);

  static native long sendfile(int fdOut, int fdIn, long offset, long count);

  static native int fsync(int fd);

  static native int fdatasync(int fd);

  static native int fallocate(int fd, int mode, long offset, long length);

  static native int posix_fadvise(int fd, long offset, long length, int advice);

  static native int ftruncate(int fd, long length);

  static native int fcntl(int fd, int command, long argument);

  static native int ioctl(int fd, long request, long argument);

  static native int poll(long fds, long count, int timeoutMillis);

  static native int pipe2(long ends, int flags);

  static native int memfd_create(byte[] name, int flags);

  static native long mmap(
      long address, long length, int protection, int flags, int fd, long offset);

  static native int munmap(long address, long length);

  static native int getsockopt(int fd, int level, int option, long value, long length);

  static native int setsockopt(int fd, int level, int option, long value, int length);

  static native int statx(int directory, byte[] path, int flags, int mask, long result);

  static native int flock(int fd, int operation);

  /** The GNU variant: returns the text, in the buffer or elsewhere. */
  static native long strerror_r(int errno, long buffer, long length);
}
