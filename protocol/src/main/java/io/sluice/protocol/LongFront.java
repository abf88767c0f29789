package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/** Makes the messages of {@link PeerMessage#LONG_VERSION}. */
final class LongFront {
  private LongFront() {}

  /**
   * @param front in order; nobody changes the arrays any more
   * @param data taken over
   * @param dataCrc of the data when known, else null
   */
  static Envelope envelope(int type, List<byte[]> front, BufferList data, Integer dataCrc) {
    int bytes = 0;
    int crc = Crc32c.SEED;
    BufferList begin = new BufferList();
    for (byte[] part : front) {
      bytes += part.length;
      crc = dataCrc == null ? 0 : Crc32c.update(crc, part);
      begin.claimAppend(BufferList.wrap(part));
    }
    Integer all =
        dataCrc == null ? null : Integer.valueOf(Crc32c.concat(crc, dataCrc, data.length()));
    data.claimPrepend(begin);
    begin.close();
    byte[] length = new Encoder(4).le32(bytes).toByteArray();
    return Envelope.of(type, PeerMessage.LONG_VERSION, PeerMessage.LONG_VERSION, 0, length)
        .claimData(data, new byte[0], all);
  }
}
