package io.evenkeel.samples;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** How much is logged to standard error; the rest of it stands in logback.xml. */
final class LogLevel {
  @Option(
      names = {"-v", "--verbose"},
      description = "Log everything to standard error.")
  boolean verbose;

  /** Warnings and what happens to services and servers. */
  void events() {
    set(Level.INFO);
  }

  /** Warnings alone: the command itself says the rest. */
  void warnings() {
    set(Level.WARN);
  }

  /** Errors alone: the command itself says the rest. */
  void errors() {
    set(Level.ERROR);
  }

  private void set(Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("io.evenkeel").setLevel(verbose ? Level.DEBUG : level);
    if (verbose) {
      context.getLogger("io.netty").setLevel(Level.INFO);
    }
  }
}
