package io.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time of this process, user and system, but for the compilers': what they compile by now is
 * the benchmark's own. (Compiler threads must not come and go: {@code
 * -XX:-UseDynamicNumberOfCompilerThreads}.)
 */
final class StoreCpu {
  private static final String COMPILERS = "C[12] CompilerThre\\s*";

  private StoreCpu() {}

  static long nanos() {
    long all =
        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    return all - compilers();
  }

  private static long compilers() {
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        if (Files.readString(task.resolve("comm")).matches(COMPILERS)) {
          sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("compilers' CPU time", e);
    }
    return sum;
  }
}
