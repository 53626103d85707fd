package io.evenkeel.samples;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured while a server was killed and came back. Immutable.
 *
 * @param server whom it happened to
 * @param killedAtSeconds since the beginning
 * @param requests how many were sent
 * @param failed how many of them were not answered
 * @param failedApart how many of those were not on their way when the server was killed
 * @param avoidedAfter from the kill until new connections were kept from it; null: never
 * @param downAfter from the kill until its health check had taken it out; null: never
 * @param downReason why it was taken out
 * @param sentWhileOut connections that went there between {@code avoidedAfter} and its new start
 * @param upAfter from its new start until it got connections again; null: never
 * @param shareBackAfter from its new start until it had its share again; null: never
 * @param shares of the requests of the last second, all servers, each 0..1
 * @param openAtEnd connections that the director still counted once all clients were gone
 * @param cutOff connections that the director cut off when it was closed
 */
record Facts(
    String server,
    double killedAtSeconds,
    long requests,
    long failed,
    long failedApart,
    @Nullable Duration avoidedAfter,
    @Nullable Duration downAfter,
    String downReason,
    long sentWhileOut,
    @Nullable Duration upAfter,
    @Nullable Duration shareBackAfter,
    List<Double> shares,
    long openAtEnd,
    long cutOff) {}
