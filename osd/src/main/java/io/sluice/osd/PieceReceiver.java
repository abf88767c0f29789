package io.sluice.osd;

import io.sluice.objectstore.GrowingWrite;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StagedWrite;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.RepPiece;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A replica's share of payloads that their primary is still receiving: staged as they come, until
 * an operation commits them or they are dropped.
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> what is staged until it is claimed.
 */
final class PieceReceiver {
  private static final class Partial {
    private final GrowingWrite staged;
    private long next;

    private Partial(GrowingWrite staged) {
      this.staged = staged;
    }
  }

  private final ObjectStore store;
  private final Map<Long, Partial> streams = new HashMap<>();
  private final Set<Long> refused = new HashSet<>(); // until their primary drops them, as it will

  PieceReceiver(ObjectStore store) {
    this.store = store;
  }

  /**
   * Stages a piece; of a payload that there was no room for it goes nowhere.
   *
   * @param bytes taken over
   * @return false when the pieces do not fit together, and the stream is given up
   * @throws StoreException NO_SPACE
   */
  boolean accept(RepPiece piece, Payload bytes) throws StoreException {
    try (bytes) {
      if (piece.offset() == 0 && piece.total() > 0 && piece.total() <= Limits.WRITE_OP_BYTES) {
        begin(piece);
      } else if (refused.contains(piece.stream())) {
        return true;
      }
      Partial stream = streams.get(piece.stream());
      long length = bytes.length();
      boolean fits =
          stream != null
              && piece.offset() == stream.next
              && length > 0
              && piece.total() == stream.staged.length()
              && stream.next + length <= piece.total()
              && (length % Limits.BLOCK_BYTES == 0 || stream.next + length == piece.total());
      if (!fits) {
        drop(piece.stream());
        return false;
      }
      stream.next += length;
      stream.staged.claimAppend(bytes.claimBytes().handOver(), bytes.checksums());
      return true;
    }
  }

  private void begin(RepPiece piece) throws StoreException {
    drop(piece.stream());
    try {
      streams.put(piece.stream(), new Partial(store.beginStage(piece.total())));
    } catch (StoreException e) {
      refused.add(piece.stream());
      throw e;
    }
  }

  void drop(long stream) {
    refused.remove(stream);
    Partial dropped = streams.remove(stream);
    if (dropped != null) {
      dropped.staged.abort();
    }
  }

  /** The whole payload, the caller's; null when it is not here, or not all of it. */
  StagedWrite claim(long stream, long length) {
    Partial whole = streams.get(stream);
    if (whole == null || whole.next != length || whole.staged.length() != length) {
      return null;
    }
    streams.remove(stream);
    return whole.staged;
  }

  /** Gives up everything that was not claimed. */
  void abort() {
    streams.values().forEach(stream -> stream.staged.abort());
    streams.clear();
    refused.clear();
  }
}
