package io.sluice.clustertests;

import io.sluice.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@code sluice} command line run in this JVM: the same words, output and exit code as those of a
 * process of its own, of which each costs a second of a processor before it does anything.
 *
 * <p><b>Threads:</b> any, one command at a time: it has this JVM's standard output and error.
 */
final class CommandHere {
  private CommandHere() {}

  /** Runs it to its end, in a bounded time. */
  static synchronized Finished run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    List<String> line = new ArrayList<>(List.of("sluice"));
    line.addAll(List.of(args));
    String command = String.join(" ", line);
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread thread = new Thread(() -> finish(exit, args), command);
    thread.setDaemon(true);
    try (PrintStream newOut = new PrintStream(said, true, StandardCharsets.UTF_8);
        PrintStream newErr = new PrintStream(complained, true, StandardCharsets.UTF_8)) {
      System.setOut(newOut);
      System.setErr(newErr);
      thread.start();
      int code = exit.get(Command.PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new Finished(command, code, text(said), text(complained));
    } catch (TimeoutException e) {
      throw new AssertionError("hangs: " + command + "\n" + text(said) + "\n" + text(complained));
    } catch (ExecutionException e) {
      throw new AssertionError(command + " threw", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + command, e);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static void finish(CompletableFuture<Integer> exit, String... args) {
    try {
      exit.complete(Main.run(args));
    } catch (RuntimeException | Error e) {
      exit.completeExceptionally(e);
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
