package io.sluice.monitor;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;

/**
 * What became of a change, as its proposer hears it.
 *
 * @param code 0, or a negative errno when the state did not take the change
 * @param text one line for a user, may be empty
 * @param epoch of the OSD map in which the change is (or already was) visible
 * @param value the change's product: a pool id, the first global id of a batch
 */
record Outcome(int code, String text, int epoch, long value) {
  static Outcome refused(Errno errno, String text) {
    return new Outcome(errno.result(), text, 0, 0);
  }

  boolean ok() {
    return code >= 0;
  }

  byte[] encode() {
    Encoder to = new Encoder(32 + text.length());
    to.le32(code).string(text).le32(epoch).le64(value);
    return to.toByteArray();
  }

  static Outcome decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    return new Outcome(from.le32(), from.string(), from.le32(), from.le64());
  }
}
