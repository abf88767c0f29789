package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which write-ahead logs RocksDB must find: it opens without a word when they are gone, and what
 * was acknowledged last with them.
 *
 * <p>Its manifest is a log of edits, and says which log was the first to be replayed when a table
 * was written last; RocksDB has always one at least as new, from opening to opening. Recycled files
 * keep old numbers, so that there are log files proves nothing. (RocksDB's own {@code
 * track_and_verify_wals_in_manifest} knows of logs that are complete only, never of the one being
 * written.)
 *
 * <pre>
 * MANIFEST: blocks of 32 KiB of { le32 CRC | le16 length | u8 type 1 whole, 2 first, 3 middle, 4 last | bytes }
 * edit:     { varint tag | value } ...    tags 2, 3, 4, 9, 10, 203: varint    1, 8193: varint length, bytes
 *           what belongs to tables follows, and is not looked at
 * </pre>
 *
 * <p>(rocksdb: db/log_format.h, db/version_edit.h)
 */
final class RocksManifest {
  private static final int BLOCK = 32 << 10;
  private static final int HEADER = 4 + 2 + 1;
  private static final int FIRST = 2;
  private static final int LAST = 4;
  private static final int WHOLE = 1;

  private static final int COMPARATOR = 1;
  private static final int LOG_NUMBER = 2;
  private static final int DATABASE_ID = 8193;
  private static final String LOG_SUFFIX = ".log";

  private long logNumber;

  private RocksManifest() {}

  /**
   * @throws StoreException CORRUPT when no log is left of those that it must replay
   */
  static void checkLogs(Path database) throws StoreException, IOException {
    long oldest = oldestLog(database);
    if (oldest < 0) {
      return; // there is no manifest, and RocksDB says so
    }
    try (Stream<Path> files = Files.list(database)) {
      if (files.noneMatch(file -> numberOf(file).filter(number -> number >= oldest).isPresent())) {
        throw new StoreException(
            StoreException.Kind.CORRUPT,
            "metadata database "
                + database
                + ": its write-ahead log is missing: no log file of number "
                + oldest
                + " or above");
      }
    }
  }

  /** The number of the first log that must be replayed; -1 when there is no manifest to say it. */
  static long oldestLog(Path database) throws IOException {
    Path current = database.resolve("CURRENT");
    if (!Files.exists(current)) {
      return -1;
    }
    String name = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
    Path manifest = database.resolve(name);
    return Files.isRegularFile(manifest) ? logNumber(Files.readAllBytes(manifest)) : -1;
  }

  private static Optional<Long> numberOf(Path file) {
    String name = file.getFileName().toString();
    String digits = name.substring(0, Math.max(0, name.length() - LOG_SUFFIX.length()));
    return name.endsWith(LOG_SUFFIX) && digits.matches("[0-9]{1,18}")
        ? Optional.of(Long.parseLong(digits))
        : Optional.empty();
  }

  /**
   * What the bytes of a manifest say is the first log to be replayed, as far as they can be read:
   * whether they are sound is RocksDB's to say.
   */
  static long logNumber(byte[] bytes) {
    RocksManifest manifest = new RocksManifest();
    ByteArrayOutputStream edit = new ByteArrayOutputStream();
    for (int at = 0; at + HEADER <= bytes.length; ) {
      if (BLOCK - at % BLOCK < HEADER) {
        at += BLOCK - at % BLOCK;
        continue;
      }
      int length = bytes[at + 4] & 0xff | (bytes[at + 5] & 0xff) << 8;
      int type = bytes[at + 6];
      at += HEADER;
      if (type < WHOLE || type > LAST || at + length > bytes.length) {
        break;
      }
      if (type == WHOLE || type == FIRST) {
        edit.reset();
      }
      edit.write(bytes, at, length);
      if (type == WHOLE || type == LAST) {
        manifest.take(edit.toByteArray());
      }
      at += length;
    }
    return manifest.logNumber;
  }

  private void take(byte[] edit) {
    Decoder from = new Decoder(edit);
    try {
      while (from.remaining() > 0) {
        long tag = varint(from);
        if (tag == COMPARATOR || tag == DATABASE_ID) {
          from.skip((int) varint(from));
        } else if (tag == LOG_NUMBER) {
          logNumber = Math.max(logNumber, varint(from));
        } else if (tag == 3 || tag == 4 || tag == 9 || tag == 10 || tag == 203) {
          varint(from);
        } else {
          return;
        }
      }
    } catch (MalformedInputException e) {
      // A torn end: RocksDB leaves it out too, or refuses.
    }
  }

  private static long varint(Decoder from) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int part = from.u8();
      value |= (part & 0x7fL) << shift;
      if (part < 0x80) {
        return value;
      }
    }
    throw new MalformedInputException("a number of more than 64 bits");
  }
}
