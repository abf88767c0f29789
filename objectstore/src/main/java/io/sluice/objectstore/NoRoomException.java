package io.sluice.objectstore;

import java.io.IOException;

/**
 * The database found no room on the file system. The batch is not visible; it may or may not be
 * there after a restart, whole, and can be written again.
 */
final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  NoRoomException(String message, Throwable cause) {
    super(message, cause);
  }
}
