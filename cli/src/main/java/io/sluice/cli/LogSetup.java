package io.sluice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Arrays;
import java.util.List;

/**
 * Logging, set up in code because reading XML would cost every command a tenth of a second.
 *
 * <p>Daemons log to standard output, one line per event (a local cluster's into a file), and leave
 * standard error to the one line that says why they ended. Commands log only with {@code --debug},
 * to standard error; without, they say there no more than that they wait for room in a pool.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  /** {@code off}, {@code info} or {@code debug}; set by {@link Main} before the first logger. */
  static final String LEVEL_PROPERTY = "sluice.log";

  private static final String FULL =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %msg%n";

  /** As a command's own lines. */
  private static final String QUIET = "sluice: %msg%n";

  /** Daemons (one of the first words) log; commands are quiet. */
  static String levelFor(String... args) {
    List<String> words = Arrays.asList(args);
    if (words.contains("--debug")) {
      return "debug";
    }
    boolean daemon =
        words.stream().anyMatch(word -> word.equals("--data") || word.startsWith("--data="))
            && (words.contains("osd") || words.contains("mon"));
    return daemon ? "info" : "off";
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    Level ours = Level.toLevel(System.getProperty(LEVEL_PROPERTY, "off"), Level.OFF);
    boolean quiet = ours.isGreaterOrEqual(Level.OFF);
    encoder.setPattern(quiet ? QUIET : FULL);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget(ours == Level.INFO ? "System.out" : "System.err");
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger("ROOT").addAppender(appender);
    context.getLogger("ROOT").setLevel(quiet ? Level.OFF : Level.WARN);
    context.getLogger("io.sluice").setLevel(ours);
    if (quiet) {
      context.getLogger("io.sluice.client.Waiting").setLevel(Level.WARN);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
