package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.ChecksumVector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The blocks of an aborted write are free once nobody writes to them, and not before. */
class StagedBlobTest {
  private static final ChecksumVector SUMS = ChecksumVector.of(new byte[10], 0, 10);

  private final List<StagedBlob> released = new ArrayList<>();
  private final StagedBlob blob =
      new StagedBlob(released::add, 10, List.of(new DiskExtent(0, 4096)));

  private void write() {
    if (blob.pieceWritten(blob.beginPiece(10), SUMS)) {
      blob.written(7);
    }
  }

  @Test
  void shouldReleaseAtOnceWhenAbortedAfterTheWrite() {
    write();
    assertThat(released).isEmpty();
    blob.abort();
    assertThat(released).containsExactly(blob);
  }

  @Test
  void shouldReleaseAfterTheWriteWhenAbortedBefore() {
    long at = blob.beginPiece(10);
    blob.abort();
    assertThat(released).isEmpty();
    assertThat(blob.pieceWritten(at, SUMS)).isFalse();
    assertThat(released).containsExactly(blob);
  }

  @Test
  void shouldNeverReleaseWhatATransactionTook() {
    long at = blob.beginPiece(10);
    blob.claim();
    assertThat(blob.pieceWritten(at, SUMS)).isTrue();
    blob.written(7);
    assertThat(blob.isWritten()).isTrue();
    assertThat(blob.number()).isEqualTo(7);
    assertThatThrownBy(blob::abort).hasMessageContaining("IN_TRANSACTION");
    assertThatThrownBy(blob::claim).hasMessageContaining("used twice");
    assertThat(released).isEmpty();
  }

  @Test
  void shouldNotTakeAnAbortedWriteIntoATransaction() {
    blob.abort();
    assertThatThrownBy(blob::claim).hasMessageContaining("ABORTED");
  }
}
