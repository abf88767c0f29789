package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Messages that Ceph 16.2.15's own client, monitor and OSD sent each other, cut from captured msgr
 * 2.1 frames.
 *
 * <pre>
 * pacific.frames: n x { string name | le16 type | le16 version | le16 compat | le16 priority | le64 tid
 *   | blob front | le32 length of the data segment | blob data (empty where it is more than 9000 bytes) }
 * </pre>
 */
final class RecordedFrames {
  /** One message. */
  record Frame(
      String name,
      int type,
      int version,
      int compat,
      int priority,
      long tid,
      byte[] front,
      int dataLength,
      byte[] data) {
    /** A reader over the data segment; null for all of it when the recording has left it out. */
    byte[] read(long offset, int length) {
      if (data.length != dataLength) {
        return null;
      }
      return new Decoder(data).skip((int) offset).raw(length);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Map<String, Frame> FRAMES = load();

  private RecordedFrames() {}

  static Map<String, Frame> all() {
    return FRAMES;
  }

  static Frame frame(String name) {
    Frame frame = FRAMES.get(name);
    if (frame == null) {
      throw new IllegalArgumentException("no recorded frame " + name + " in " + FRAMES.keySet());
    }
    return frame;
  }

  /** The request or reply with its payloads attached. */
  static MOSDOp request(String name) {
    Frame frame = frame(name);
    return MOSDOp.decode(frame.version(), frame.tid(), frame.front(), frame.dataLength())
        .attach(frame::read);
  }

  static MOSDOpReply reply(String name) {
    Frame frame = frame(name);
    return MOSDOpReply.decode(frame.version(), frame.tid(), frame.front(), frame.dataLength())
        .attach(frame::read);
  }

  private static Map<String, Frame> load() {
    Map<String, Frame> frames = new TreeMap<>();
    try (InputStream in = RecordedFrames.class.getResourceAsStream("pacific.frames")) {
      Decoder from = new Decoder(in.readAllBytes());
      while (from.remaining() > 0) {
        Frame frame =
            new Frame(
                from.string(),
                from.le16(),
                from.le16(),
                from.le16(),
                from.le16(),
                from.le64(),
                from.blob(),
                from.le32(),
                from.blob());
        frames.put(frame.name(), frame);
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
