package io.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file to store, or standard input; opened before the cluster is asked anything.
 *
 * @param size in bytes, -1 when only reading tells
 */
record FileInput(String name, ReadableByteChannel channel, long size) implements AutoCloseable {
  private static final String STDIN = "-";

  static FileInput open(String name) {
    if (name.equals(STDIN)) {
      return new FileInput(
          "standard input", new FileInputStream(FileDescriptor.in).getChannel(), -1);
    }
    Path path = Path.of(name);
    try {
      if (Files.isDirectory(path)) {
        throw new CommandFailure("error reading input file " + name + ": (21) Is a directory");
      }
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new FileInput(name, channel, Files.isRegularFile(path) ? channel.size() : -1);
    } catch (IOException e) {
      throw new CommandFailure("error reading input file " + name + ": " + ErrorLine.words(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
