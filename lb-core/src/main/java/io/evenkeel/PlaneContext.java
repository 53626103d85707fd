package io.evenkeel;

import io.evenkeel.model.ServiceKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * What a data plane runs on; the director's, not to be closed by the plane. Immutable.
 *
 * @param eventLoopGroup does the I/O
 * @param allocator makes buffers
 * @param meterRegistry where meters go
 * @param reporter who is told what a plane found out by itself
 */
public record PlaneContext(
    EventLoopGroup eventLoopGroup,
    ByteBufAllocator allocator,
    MeterRegistry meterRegistry,
    Reporter reporter) {

  /** Makes an {@link Event} of what a plane says. */
  @FunctionalInterface
  public interface Reporter {

    /**
     * Says something, to the log and to listeners. From any thread; does not wait.
     *
     * @param service of which service; null: of none
     * @param text the whole in words
     */
    void report(@Nullable ServiceKey service, String text);
  }
}
