package io.evenkeel.vrrp.track;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A number in a file. */
final class FileSource extends Source {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);

  private final Path file;
  private final Duration interval;

  FileSource(Path file, Duration interval) {
    super("file " + file);
    Ranges.interval(interval);
    this.file = file;
    this.interval = interval;
  }

  @Override
  Runnable begin(Consumer<Reading> readings) {
    NumberFile number = new NumberFile(file);
    return Polling.begin(
        Workers.TIMER,
        interval,
        () -> Workers.ask(number),
        readings,
        () -> LOG.warn("{}: cannot be read yet, the last number counts", name()));
  }
}
