package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Every epoch of a Ceph 16.2.15 cluster of three OSDs on which everything was changed that changes
 * its map, as its monitor kept them.
 *
 * <pre>
 * ceph-16.2.15.epochs.gz: n x { le32 epoch | blob incremental | blob map }
 * </pre>
 *
 * @param incremental from the map before
 */
record RecordedEpochs(int epoch, byte[] incremental, byte[] map) {
  private static final List<RecordedEpochs> ALL = load();

  /** In order, without a gap. */
  static List<RecordedEpochs> all() {
    return ALL;
  }

  private static List<RecordedEpochs> load() {
    List<RecordedEpochs> epochs = new ArrayList<>();
    try (var in =
        new GZIPInputStream(RecordedEpochs.class.getResourceAsStream("ceph-16.2.15.epochs.gz"))) {
      Decoder from = new Decoder(in.readAllBytes());
      while (from.remaining() > 0) {
        epochs.add(new RecordedEpochs(from.le32(), from.blob(), from.blob()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return epochs;
  }
}
