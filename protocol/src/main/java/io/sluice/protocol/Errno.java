package io.sluice.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The error numbers that travel in replies (negated), as Linux numbers and words them, and Ceph's
 * two own.
 *
 * <p>Clients print them as {@code (2) No such file or directory}.
 */
public enum Errno {
  EPERM(1, "Operation not permitted"),
  ENOENT(2, "No such file or directory"),
  EINTR(4, "Interrupted system call"),
  EIO(5, "Input/output error"),
  ENXIO(6, "No such device or address"),
  E2BIG(7, "Argument list too long"),
  EBADF(9, "Bad file descriptor"),
  EAGAIN(11, "Resource temporarily unavailable"),
  ENOMEM(12, "Cannot allocate memory"),
  EACCES(13, "Permission denied"),
  EBUSY(16, "Device or resource busy"),
  EEXIST(17, "File exists"),
  EXDEV(18, "Invalid cross-device link"),
  ENODEV(19, "No such device"),
  ENOTDIR(20, "Not a directory"),
  EISDIR(21, "Is a directory"),
  EINVAL(22, "Invalid argument"),
  EFBIG(27, "File too large"),
  ENOSPC(28, "No space left on device"),
  EROFS(30, "Read-only file system"),
  EDOM(33, "Numerical argument out of domain"),
  ERANGE(34, "Numerical result out of range"),
  ENAMETOOLONG(36, "File name too long"),
  ENOSYS(38, "Function not implemented"),
  ENOTEMPTY(39, "Directory not empty"),
  ENODATA(61, "No data available"),
  EBADMSG(74, "Bad message"),
  EOVERFLOW(75, "Value too large for defined data type"),
  EILSEQ(84, "Invalid or incomplete multibyte or wide character"),
  EOLDSNAPC(85, "RADOS old snap context"),
  EMSGSIZE(90, "Message too long"),
  EOPNOTSUPP(95, "Operation not supported"),
  EAFNOSUPPORT(97, "Address family not supported by protocol"),
  EADDRINUSE(98, "Address already in use"),
  ECONNRESET(104, "Connection reset by peer"),
  ENOTCONN(107, "Transport endpoint is not connected"),
  EBLOCKLISTED(108, "RADOS client is blocklisted"),
  ETIMEDOUT(110, "Connection timed out"),
  ECONNREFUSED(111, "Connection refused"),
  EHOSTUNREACH(113, "No route to host"),
  EALREADY(114, "Operation already in progress"),
  EINPROGRESS(115, "Operation now in progress"),
  ESTALE(116, "Stale file handle"),
  EDQUOT(122, "Disk quota exceeded"),
  ECANCELED(125, "Operation canceled");

  private static final Map<Integer, Errno> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(Errno::number, Function.identity()));

  private final int number;
  private final String words;

  Errno(int number, String words) {
    this.number = number;
    this.words = words;
  }

  /** Positive. */
  public int number() {
    return number;
  }

  /** What goes into a reply: the negated number. */
  public int result() {
    return -number;
  }

  public String words() {
    return words;
  }

  /** Of a result or a number: the sign does not matter. Empty when the table lacks it. */
  public static Optional<Errno> of(int number) {
    return Optional.ofNullable(BY_NUMBER.get(Math.abs(number)));
  }

  /** As rados prints a failed result: {@code (2) No such file or directory}. */
  public static String describe(int result) {
    int number = Math.abs(result);
    return "(" + number + ") " + of(number).map(Errno::words).orElse("Unknown error " + number);
  }
}
