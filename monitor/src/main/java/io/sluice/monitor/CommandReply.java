package io.sluice.monitor;

import java.nio.charset.StandardCharsets;

/**
 * What a user's command came to.
 *
 * @param result 0 or a negative error number
 * @param text one line, which {@code ceph} prints to stderr
 * @param output what it prints to stdout
 */
record CommandReply(int result, String text, byte[] output) {
  private static final byte[] NOTHING = {};

  /** Done; nothing to print but a line of confirmation. */
  static CommandReply done(String text) {
    return new CommandReply(0, text, NOTHING);
  }

  static CommandReply output(String output) {
    return new CommandReply(0, "", output.getBytes(StandardCharsets.UTF_8));
  }

  static CommandReply of(Outcome outcome) {
    return new CommandReply(outcome.code(), outcome.text(), NOTHING);
  }

  static CommandReply failed(CommandException e) {
    String line = e.getMessage().replaceAll("\\p{Cntrl}", "?"); // it may quote what a user typed
    return new CommandReply(e.errno().result(), line, NOTHING);
  }

  String outputText() {
    return new String(output, StandardCharsets.UTF_8);
  }
}
