package io.evenkeel.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/** What Netty warns of in this process, its leak detector's reports among it. */
public final class NettyWarnings {
  private static final Queue<String> WARNINGS = new ConcurrentLinkedQueue<>();

  static {
    Logger netty = (Logger) LoggerFactory.getLogger("io.netty");
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
              WARNINGS.add(inWords(event));
            }
          }
        };
    appender.setContext(netty.getLoggerContext());
    appender.start();
    netty.addAppender(appender);
  }

  private NettyWarnings() {}

  /** Listens from now on, if it does not yet. */
  public static void listen() {
    // The class is initialised by now.
  }

  /** What came since the last call. */
  public static List<String> take() {
    List<String> taken = new ArrayList<>();
    for (String warning; (warning = WARNINGS.poll()) != null; ) {
      taken.add(warning);
    }
    return taken;
  }

  /**
   * What came since the last call, and what the leak detector has to say by now: it speaks when a
   * buffer is made after a leaked one was collected.
   */
  public static List<String> takeWithLeaks() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    return take();
  }

  private static String inWords(ILoggingEvent event) {
    return event.getLoggerName()
        + ": "
        + event.getFormattedMessage()
        + (event.getThrowableProxy() == null ? "" : ": " + event.getThrowableProxy().getMessage());
  }
}
