package io.sluice.bufferlist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many full-sized pipes this process may have: what the kernel grants its user in slots, and
 * its limit of descriptors.
 *
 * <p>The kernel counts slots per user over all processes; past the soft limit it hands out pipes of
 * two slots and says nothing. Who has CAP_SYS_RESOURCE or CAP_SYS_ADMIN is exempt, but not in a
 * user namespace of his own, where he seems to have all of them.
 *
 * @param slots pages all pipes of the user may have together; 0 = no limit
 * @param descriptors this process may open
 * @param pipeMaxBytes of one pipe
 * @param exempt the slots do not bind this user
 */
public record PipeBudget(long slots, long descriptors, long pipeMaxBytes, boolean exempt) {
  private static final int PAGE = 4096;
  private static final int DESCRIPTORS_OF_A_PIPE = 2;
  private static final Path PROC = Path.of("/proc");
  private static final long CAP_SYS_ADMIN = 1L << 21;
  private static final long CAP_SYS_RESOURCE = 1L << 24;

  /** Words of the kernel's first user namespace: all users are themselves. */
  private static final List<String> EVERYBODY = List.of("0", "0", "4294967295");

  /** As the kernel tells it now; what it does not tell is taken as its default. */
  public static PipeBudget ofThisProcess() {
    long caps = Long.parseUnsignedLong(field("self/status", "CapEff:", 1, "0"), 16);
    return new PipeBudget(
        number("sys/fs/pipe-user-pages-soft", 16_384),
        Long.parseLong(field("self/limits", "Max open files", 3, "1024")),
        number("sys/fs/pipe-max-size", PipePool.PIPE_BYTES),
        (caps & (CAP_SYS_ADMIN | CAP_SYS_RESOURCE)) != 0 && isFirst(lines("self/uid_map")));
  }

  /**
   * @param uidMap lines; none where the kernel knows no user namespaces
   */
  static boolean isFirst(List<String> uidMap) {
    return uidMap.isEmpty()
        || uidMap.size() == 1 && List.of(uidMap.get(0).strip().split("\\s+")).equals(EVERYBODY);
  }

  /**
   * Pipes of full size for one of {@code daemons} that share a user, which take at most half of the
   * descriptors: sockets and files need the others.
   */
  public int maxPipes(int daemons) {
    if (pipeMaxBytes < PipePool.PIPE_BYTES) {
      return 0;
    }
    long bySlots =
        exempt || slots == 0 ? Integer.MAX_VALUE : slots / (PipePool.PIPE_BYTES / PAGE) / daemons;
    long byDescriptors = descriptors / 2 / DESCRIPTORS_OF_A_PIPE;
    return (int) Math.min(bySlots, byDescriptors);
  }

  /**
   * Pipes that may hold pages for as long as they like, in at most a quarter of the descriptors;
   * none where the user's slots are counted, which what is on its way needs.
   */
  public int keptPipes(long bytes) {
    if (pipeMaxBytes < PipePool.PIPE_BYTES || !exempt && slots != 0) {
      return 0;
    }
    return (int) Math.min(bytes / PipePool.PIPE_BYTES, descriptors / 4 / DESCRIPTORS_OF_A_PIPE);
  }

  private static long number(String file, long unknown) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? unknown : Long.parseLong(lines.get(0).trim());
  }

  /** The n-th word after the start of the line's name, counted in words of the whole line. */
  private static String field(String file, String name, int word, String unknown) {
    for (String line : lines(file)) {
      if (line.startsWith(name)) {
        String found = line.split("\\s+")[word];
        return found.equals("unlimited") ? Long.toString(Integer.MAX_VALUE) : found;
      }
    }
    return unknown;
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(PROC.resolve(file));
    } catch (IOException e) {
      return List.of(); // another kernel, or a sandbox: the default is taken
    }
  }
}
