package io.sluice.cli;

import io.sluice.client.RadosException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns whatever ended a command into the one line that its user reads. */
final class ErrorLine {
  private ErrorLine() {}

  static String of(Throwable thrown) {
    Throwable cause = unwrap(thrown);
    if (cause instanceof CommandFailure || cause instanceof RadosException) {
      return oneLine(cause.getMessage());
    }
    if (cause instanceof IOException io) {
      return oneLine(words(io));
    }
    return oneLine("internal error: " + cause + " (--debug shows where)");
  }

  static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The errno words of a file error, which Java hides behind the path. */
  static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "(2) No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "(13) Permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "(17) File exists";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "(39) Directory not empty";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String oneLine(String text) {
    return text == null ? "unknown error" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
