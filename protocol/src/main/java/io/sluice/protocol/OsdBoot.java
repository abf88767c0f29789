package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.AddrVec;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * An OSD tells the monitor that it lives, where, and how large it is. (Sluice 0x7001)
 *
 * <pre>
 * v1 { le32 osd | 16 bytes fsid | addrvec with nonce | string host | le64 bytes }
 * </pre>
 */
public record OsdBoot(int osd, UUID fsid, AddrVec addrs, String host, long totalBytes)
    implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_OSD_BOOT;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder();
    int mark = to.begin(1, 1);
    Fsid.encode(to.le32(osd), fsid);
    addrs.encode(to);
    to.string(host).le64(totalBytes).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static OsdBoot decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdBoot");
    OsdBoot boot =
        new OsdBoot(
            from.le32(), Fsid.decode(from), AddrVec.decode(from), from.string(), from.le64());
    from.end(struct);
    return boot;
  }
}
