package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.OsdOp;

/**
 * A watcher has heard a notification: {@code le64 notification id | le64 cookie [| blob answer]}.
 */
final class NotifyAckOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Decoder from = step.reader();
    long id = from.le64();
    Watchers.Key key = new Watchers.Key(context.op().connection().peerName(), from.le64());
    byte[] answer = from.remaining() > 0 ? from.blob() : new byte[0];
    Watchers watchers = context.group().watchers();
    context.afterwards(() -> watchers.acknowledge(id, key, answer));
    return 0;
  }
}
