package io.evenkeel.vrrp.track;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that is watched for routers, made by {@link Trackers}. By itself its failure is a
 * fault; {@link #weighted} makes it change the priority instead. However many routers it is given
 * to, and with however many weights, it is watched once. Immutable.
 */
public final class Tracked implements Tracker {
  private final Source source;
  private final Weighting weighting;

  Tracked(Source source) {
    this(source, Weighting.FAULT);
  }

  private Tracked(Source source, Weighting weighting) {
    this.source = source;
    this.weighting = weighting;
  }

  /**
   * With another weight.
   *
   * @param other what it means for a router that it is up or down
   * @return another view of the same, which is still watched once
   */
  public Tracked weighted(Weighting other) {
    return new Tracked(source, other);
  }

  @Override
  public String name() {
    return source.name();
  }

  /** A fault with weight 0, reversed or not; with any other weight nothing at all. */
  @Override
  public Contribution initial() {
    return source.unknown().under(weighting);
  }

  @Override
  public AutoCloseable watch(Consumer<? super Contribution> consumer) {
    return source.watch(new Changes(weighting, consumer))::run;
  }

  @Override
  public String toString() {
    return source.name() + " " + weighting;
  }

  /** Tells what changes anything; called by one thread at a time. */
  private static final class Changes implements Consumer<Reading> {
    private final Weighting weighting;
    private final Consumer<? super Contribution> consumer;
    private @Nullable Contribution told;

    Changes(Weighting weighting, Consumer<? super Contribution> consumer) {
      this.weighting = weighting;
      this.consumer = consumer;
    }

    @Override
    public void accept(Reading reading) {
      Contribution now = reading.under(weighting);
      if (told == null || now.points() != told.points() || now.isFault() != told.isFault()) {
        told = now;
        consumer.accept(now);
      }
    }
  }
}
