package io.sluice.protocol;

import io.sluice.types.Envelope;

/**
 * A typed message: a record of what one message says, with its Ceph type number.
 *
 * <p>Each kind has a static {@code decode} that takes the header's version (and its transaction id
 * where the message is answered), the front, and sometimes the data segment. Decoders throw only
 * {@link io.sluice.bufferlist.MalformedInputException}, whatever the bytes.
 */
public interface Message {
  /** One of {@link MessageType}. */
  int type();

  /**
   * The message ready to be sent, at the layout that Pacific's features ask for.
   *
   * @return the caller's to close
   */
  Envelope toEnvelope();
}
