package io.sluice.objectstore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native code from a file that stays.
 *
 * <p>RocksDB's own loader unpacks 17 MB into the temporary directory at every start ([M] 0.3 s) and
 * leaves them there when the process is killed. Here the first store a process opens keeps them, in
 * its directory {@code native}; where that cannot be (read-only, mounted noexec), RocksDB does it
 * its way.
 *
 * <p><b>Threads:</b> any.
 */
final class RocksLibrary {
  static final String DIRECTORY = "native";

  private static final Logger LOG = LoggerFactory.getLogger(RocksLibrary.class);

  private static boolean loaded;

  private RocksLibrary() {}

  static synchronized void load(Path storeDir) {
    if (loaded) {
      return;
    }
    Path dir = storeDir.resolve(DIRECTORY);
    try {
      unpack(dir);
      RocksDB.loadLibrary(List.of(dir.toAbsolutePath().toString()));
    } catch (IOException | UnsatisfiedLinkError e) {
      LOG.warn(
          "RocksDB's native library cannot be kept in {}, unpacking it anew: {}",
          dir,
          e.toString());
      RocksDB.loadLibrary();
    }
    loaded = true;
  }

  /**
   * Whole and durable before the mark beside it says so: a torn library would crash the process.
   */
  private static void unpack(Path dir) throws IOException {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL resource = RocksDB.class.getClassLoader().getResource(name);
    if (resource == null) {
      throw new FileNotFoundException("no resource " + name);
    }
    // What RocksDB.loadLibrary(List) looks for: not the resource's name, whatever it should be.
    Path library = dir.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    Path mark = dir.resolve("unpacked");
    URLConnection connection = resource.openConnection();
    connection.setUseCaches(false);
    try (InputStream from = connection.getInputStream()) {
      String version = connection.getContentLengthLong() + " bytes\n";
      if (Files.exists(library) && Files.exists(mark) && Files.readString(mark).equals(version)) {
        return;
      }
      Files.createDirectories(dir);
      Files.deleteIfExists(mark);
      Path fresh = Files.createTempFile(dir, "library", ".new");
      try (OutputStream to = Files.newOutputStream(fresh, StandardOpenOption.SYNC)) {
        from.transferTo(to);
      }
      Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
      Files.writeString(mark, version, StandardOpenOption.CREATE_NEW, StandardOpenOption.SYNC);
    }
  }
}
