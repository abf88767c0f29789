package io.sluice.types;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What Sluice logs from INFO on while this is open, instead of where else it would go.
 *
 * <p><b>Threads:</b> any may log.
 */
public final class LogLines implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sluice");
  private final Level levelBefore = logger.getLevel();
  private final boolean additiveBefore = logger.isAdditive();
  private final List<String> lines = new ArrayList<>();

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  public LogLines() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
  }

  /** Those with this text so far: {@code LEVEL message}. */
  public List<String> with(String text) {
    synchronized (appender) { // whose doAppend holds it
      return lines.stream().filter(line -> line.contains(text)).toList();
    }
  }

  @Override
  public void close() {
    logger.setAdditive(additiveBefore);
    logger.setLevel(levelBefore);
    logger.detachAppender(appender);
    appender.stop();
  }
}
