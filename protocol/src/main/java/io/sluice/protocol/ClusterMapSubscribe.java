package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * Asks for every {@link ClusterMap} from an epoch on, for ever. (Sluice 0x7007: {@code v1 { le32
 * epoch }})
 */
public record ClusterMapSubscribe(int fromEpoch) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_CLUSTER_MAP_SUBSCRIBE;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(16);
    int mark = to.begin(1, 1);
    to.le32(fromEpoch).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static ClusterMapSubscribe decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "ClusterMapSubscribe");
    ClusterMapSubscribe subscribe = new ClusterMapSubscribe(from.le32());
    from.end(struct);
    return subscribe;
  }
}
