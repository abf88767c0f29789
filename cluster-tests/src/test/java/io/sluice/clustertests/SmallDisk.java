package io.sluice.clustertests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of a few megabytes in a file, loop-mounted. <b>Owns</b> its mount: {@link #close}
 * undoes it.
 */
final class SmallDisk implements AutoCloseable {
  private final Path image;
  private final Path mount;

  private SmallDisk(Path image, Path mount) {
    this.image = image;
    this.mount = mount;
  }

  static SmallDisk mount(int megabytes) throws IOException {
    Path base = Files.createDirectories(Path.of("target", "clusters").toAbsolutePath());
    Path mount = Files.createTempDirectory(base, "disk");
    Path image = mount.resolveSibling(mount.getFileName() + ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) megabytes << 20);
    }
    new Command(List.of("mkfs.ext4", "-q", "-m", "0", image.toString())).run().ok();
    new Command(List.of("mount", "-o", "loop", image.toString(), mount.toString())).run().ok();
    return new SmallDisk(image, mount);
  }

  Path dir() {
    return mount;
  }

  @Override
  public void close() throws IOException {
    new Command(List.of("umount", "-l", mount.toString())).run().ok();
    Files.delete(mount);
    Files.delete(image);
  }
}
