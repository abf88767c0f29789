package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * The file-backed pages of one operation's payload, kept from sending until the operation is over.
 *
 * <p><b>Invariants:</b> only when every OSD that was sent the pages has committed them are they
 * {@link #settle}d, that is filled again in place; after anything else (a lost connection, peering,
 * another primary) whoever leased them gets fresh ones, as a socket or a pipe may still hold these.
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> a share of each segment until {@link #release}.
 */
final class SentPages {
  static final SentPages NONE = new SentPages(List.of());

  private final List<FileSegment> pages;

  private SentPages(List<FileSegment> pages) {
    this.pages = pages;
  }

  static SentPages of(List<Payload> writes) {
    List<FileSegment> pages = new ArrayList<>();
    for (Payload write : writes) {
      if (write.cut() != null) {
        return write.cut().claimPages(); // it is the only one
      }
      share(write.bytes(), pages);
    }
    return of(pages.toArray(FileSegment[]::new));
  }

  /** Of shares taken before; taken over. */
  static SentPages of(FileSegment... shares) {
    return shares.length == 0 ? NONE : new SentPages(List.of(shares));
  }

  /** Adds a share of each file-backed page of the list. */
  static void share(BufferList bytes, List<FileSegment> into) {
    for (Segment segment : bytes.segments()) {
      if (segment instanceof FileSegment file) {
        into.add(file.share(0, file.length()));
      }
    }
  }

  /** True when bytes of the list leave as pages, which a peer can take by pipes. */
  static boolean leave(BufferList bytes) {
    if (bytes.hasPipes()) {
      return true;
    }
    for (Segment segment : bytes.segments()) {
      if (segment instanceof FileSegment) {
        return true;
      }
    }
    return false;
  }

  /** Every OSD that was sent them, and our own store, has committed. Still to be released. */
  void settle() {
    pages.forEach(FileSegment::settle);
  }

  void release() {
    pages.forEach(FileSegment::release);
  }

  @Override
  public String toString() {
    return "SentPages" + pages;
  }
}
