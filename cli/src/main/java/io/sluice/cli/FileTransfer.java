package io.sluice.cli;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.ObjectFiles;
import io.sluice.client.RadosException;
import io.sluice.client.SpliceFile;
import io.sluice.client.StripedFiles;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files in and out of a pool, with a progress bar on a terminal; errors of files apart from those
 * of the cluster.
 */
final class FileTransfer {
  private static final String STDOUT = "-";

  private FileTransfer() {}

  static void put(IoContext io, String object, FileInput input, boolean striped)
      throws IOException {
    try (Progress progress = Progress.of(object, input.size())) {
      if (striped) {
        new StripedFiles(io, progress::add).put(object, input.channel());
      } else {
        new ObjectFiles(io, progress::add).put(object, input.channel(), input.size());
      }
    } catch (RadosException e) {
      throw e;
    } catch (IOException e) {
      throw new CommandFailure(
          "error reading input file " + input.name() + ": " + ErrorLine.words(e), e);
    }
  }

  static void append(IoContext io, String object, FileInput input) throws IOException {
    try (Progress progress = Progress.of(object, input.size())) {
      new ObjectFiles(io, progress::add).append(object, input.channel());
    } catch (RadosException e) {
      throw e;
    } catch (IOException e) {
      throw new CommandFailure(
          "error reading input file " + input.name() + ": " + ErrorLine.words(e), e);
    }
  }

  static void get(IoContext io, String object, String file, boolean striped) throws IOException {
    FileOutput output = new FileOutput(io.cluster(), file);
    try (output;
        Progress progress =
            file.equals(STDOUT)
                ? Progress.NONE
                : Progress.of(object, () -> size(io, object, striped))) {
      if (striped) {
        new StripedFiles(io, progress::add).get(object, output);
      } else {
        new ObjectFiles(io, progress::add).get(object, output);
      }
    } catch (RadosException e) {
      throw e;
    } catch (IOException e) {
      throw new CommandFailure("error writing output file " + file + ": " + ErrorLine.words(e), e);
    }
  }

  /** As it is now; what comes may be more or less. */
  private static long size(IoContext io, String object, boolean striped) throws IOException {
    return striped
        ? new StripedFiles(io, bytes -> {}).size(object)
        : Cluster.await(io.stat(object)).size();
  }

  /**
   * Where a get goes: made when the first bytes are there, so that a missing object leaves no file.
   */
  private static final class FileOutput implements ObjectFiles.ChannelSource, AutoCloseable {
    private final Cluster cluster;
    private final String file;
    private final boolean regular;
    private WritableByteChannel channel;

    FileOutput(Cluster cluster, String file) {
      this.cluster = cluster;
      this.file = file;
      Path path = Path.of(file);
      this.regular = !file.equals(STDOUT) && (Files.isRegularFile(path) || Files.notExists(path));
    }

    @Override
    public boolean splices() {
      return regular;
    }

    @Override
    public WritableByteChannel open() throws IOException {
      if (file.equals(STDOUT)) {
        channel = new FileOutputStream(FileDescriptor.out).getChannel();
        return channel;
      }
      channel =
          FileChannel.open(
              Path.of(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
      if (regular) {
        channel.close();
        channel = SpliceFile.open(cluster, Path.of(file));
      }
      return channel;
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
