package io.sluice.bufferlist;

import java.util.Arrays;

/** Bytes as people read them: offset, sixteen bytes in two groups, printable characters. */
final class Hexdump {
  private static final int PER_LINE = 16;

  private Hexdump() {}

  static String of(BufferView view) {
    StringBuilder text = new StringBuilder();
    byte[] before = null;
    boolean starred = false;
    for (long at = 0; at < view.length(); at += PER_LINE) {
      byte[] line = view.bytes(at, (int) Math.min(PER_LINE, view.length() - at));
      if (Arrays.equals(line, before)) {
        text.append(starred ? "" : "*\n");
        starred = true;
        continue;
      }
      starred = false;
      before = line;
      line(text, at, line);
    }
    return text.append(String.format("%08x%n", view.length())).toString();
  }

  private static void line(StringBuilder text, long at, byte[] line) {
    text.append(String.format("%08x ", at));
    for (int i = 0; i < PER_LINE; i++) {
      text.append(i == PER_LINE / 2 ? "  " : " ");
      text.append(i < line.length ? String.format("%02x", line[i]) : "  ");
    }
    text.append("  |");
    for (byte b : line) {
      text.append(b >= ' ' && b <= '~' ? (char) b : '.');
    }
    text.append("|\n");
  }
}
