// Over 500 lines: one factory method for each scheduler, and most of it is Javadoc.
package io.evenkeel.schedule;

import io.evenkeel.model.SlowStart;
import io.evenkeel.schedule.LeastLoaded.Cost;
import io.evenkeel.schedule.TwoChoices.Draw;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The schedulers of LVS, choosing exactly as the kernel does (net/netfilter/ipvs/ip_vs_*.c): same
 * inputs in the same order, same choice. With several callers at a time that takes {@code rr:exact}
 * and {@code wrr:exact}, as rr and wrr have a rotation for each stripe of them. And some more,
 * which say so.
 */
public final class Schedulers {
  private static final int STRIPES = Stripes.forAllProcessors();

  private static final Scheduler ROUND_ROBIN =
      (destinations, previous) -> new RoundRobin(destinations, previous, STRIPES);
  private static final Scheduler EXACT_ROUND_ROBIN =
      (destinations, previous) -> new RoundRobin(destinations, previous, 1);
  private static final Scheduler WEIGHTED_ROUND_ROBIN =
      (destinations, previous) -> new WeightedRoundRobin(destinations, previous, STRIPES);
  private static final Scheduler EXACT_WEIGHTED_ROUND_ROBIN =
      (destinations, previous) -> new WeightedRoundRobin(destinations, previous, 1);
  private static final Scheduler LEAST_CONNECTION = leastLoaded(Cost.OVERHEAD_ALONE);
  private static final Scheduler WEIGHTED_LEAST_CONNECTION = leastLoaded(Cost.OVERHEAD);
  private static final Scheduler SHORTEST_EXPECTED_DELAY = leastLoaded(Cost.EXPECTED_DELAY);
  private static final Scheduler NEVER_QUEUE = leastLoaded(Cost.EXPECTED_DELAY_IF_BUSY);

  private static final Scheduler FAIL_OVER = leastLoaded(Cost.ONE);
  private static final Scheduler OVERFLOW = leastLoaded(Cost.ONE_WITH_ROOM);
  private static final Scheduler TWO_KERNEL_CHOICES =
      powerOfTwoKernelChoices(ThreadRandomness.INSTANCE);
  private static final Scheduler TWO_CHOICES = powerOfTwoChoices(ThreadRandomness.INSTANCE);
  private static final Scheduler SMOOTH_WEIGHTED_ROUND_ROBIN = smoothWith(STRIPES);
  private static final Scheduler EXACT_SMOOTH_WEIGHTED_ROUND_ROBIN = smoothWith(1);
  private static final Scheduler PEAK_EWMA = peakEwma(Duration.ofSeconds(10));
  private static final Scheduler WEIGHTED_RANDOM = weightedRandom(ThreadRandomness.INSTANCE);
  private static final Scheduler SOURCE_HASH = sourceHashWith(Set.of());
  private static final Scheduler DESTINATION_HASH =
      (destinations, previous) -> new DestinationHash(destinations);
  private static final int KERNEL_TABLE_SIZE = 4093;
  private static final Scheduler MAGLEV_HASH = maglevHashWith(KERNEL_TABLE_SIZE, Set.of());

  private static final Scheduler LOCALITY_LEAST_CONNECTION = LocalityLeast::new;
  private static final Scheduler LOCALITY_WITH_REPLICATION = LocalitySets::new;

  private static final int USUAL_BALANCE = 125;
  private static final int USUAL_MAGLEV_SIZE = 65537;
  private static final Scheduler RING = ringWith(USUAL_BALANCE);
  private static final Scheduler RENDEZVOUS =
      (destinations, previous) -> new Rendezvous(destinations);
  private static final Scheduler MAGLEV = maglevWith(USUAL_MAGLEV_SIZE);

  private static final Map<String, Scheduler> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("rr", ROUND_ROBIN),
              Map.entry("wrr", WEIGHTED_ROUND_ROBIN),
              Map.entry("lc", LEAST_CONNECTION),
              Map.entry("wlc", WEIGHTED_LEAST_CONNECTION),
              Map.entry("sed", SHORTEST_EXPECTED_DELAY),
              Map.entry("nq", NEVER_QUEUE),
              Map.entry("fo", FAIL_OVER),
              Map.entry("ovf", OVERFLOW),
              Map.entry("twos", TWO_KERNEL_CHOICES),
              Map.entry("p2c", TWO_CHOICES),
              Map.entry("random", WEIGHTED_RANDOM),
              Map.entry("sh", SOURCE_HASH),
              Map.entry("dh", DESTINATION_HASH),
              Map.entry("mh", MAGLEV_HASH),
              Map.entry("lblc", LOCALITY_LEAST_CONNECTION),
              Map.entry("lblcr", LOCALITY_WITH_REPLICATION),
              Map.entry("ring", RING),
              Map.entry("rendezvous", RENDEZVOUS),
              Map.entry("maglev", MAGLEV),
              Map.entry("swrr", SMOOTH_WEIGHTED_ROUND_ROBIN),
              Map.entry("ewma", PEAK_EWMA)));

  private Schedulers() {}

  private static Scheduler smoothWith(int stripes) {
    return (destinations, previous) ->
        new SmoothRoundRobin(destinations, previous, stripes, SmoothRoundRobin.MOST_TURNS);
  }

  private static Scheduler leastLoaded(Cost cost) {
    return (destinations, previous) -> new LeastLoaded(destinations, cost);
  }

  private static Scheduler sourceHashWith(Set<HashOption> options) {
    return (destinations, previous) -> new SourceHash(destinations, options);
  }

  private static Scheduler maglevHashWith(int size, Set<HashOption> options) {
    return (destinations, previous) -> new MaglevHash(destinations, previous, size, options);
  }

  private static Scheduler ringWith(int balance) {
    return (destinations, previous) -> new Ring(destinations, balance);
  }

  private static Scheduler maglevWith(int size) {
    return (destinations, previous) -> new Maglev(destinations, size);
  }

  private static boolean isBalance(int balance) {
    return balance == 0 || (balance > 100 && balance <= 1000);
  }

  /**
   * Round robin (rr): each eligible destination in turn, whatever its weight. Servers A, B, C,
   * added in this order, get "cbacba". Each stripe of callers ({@link
   * io.evenkeel.pool.Flow#stripe}) has a rotation of its own: shares differ from those of one
   * rotation by at most as many connections as there are stripes, one for each processor.
   *
   * @return the scheduler
   */
  public static Scheduler roundRobin() {
    return ROUND_ROBIN;
  }

  /**
   * As {@link #roundRobin}, with one rotation for all callers, who wait for each other ({@code
   * rr:exact}).
   *
   * @return the scheduler
   */
  public static Scheduler exactRoundRobin() {
    return EXACT_ROUND_ROBIN;
  }

  /**
   * Weighted round robin (wrr): in turn, in proportion to the weights, the heaviest in bursts.
   * Servers A, B, C with weights 1, 2, 3, added in this order, get "cba" and from then on "ccbcba"
   * again and again: the kernel begins each list at the threshold that its first server had. Each
   * stripe of callers has a rotation of its own, as in {@link #roundRobin}.
   *
   * @return the scheduler
   */
  public static Scheduler weightedRoundRobin() {
    return WEIGHTED_ROUND_ROBIN;
  }

  /**
   * As {@link #weightedRoundRobin}, with one rotation for all callers, who wait for each other
   * ({@code wrr:exact}).
   *
   * @return the scheduler
   */
  public static Scheduler exactWeightedRoundRobin() {
    return EXACT_WEIGHTED_ROUND_ROBIN;
  }

  /**
   * Least connection (lc): the smallest 256 · active + inactive, whatever the weight; the newest of
   * equals.
   *
   * @return the scheduler
   */
  public static Scheduler leastConnection() {
    return LEAST_CONNECTION;
  }

  /**
   * Weighted least connection (wlc): the smallest (256 · active + inactive) / weight; the newest of
   * equals.
   *
   * @return the scheduler
   */
  public static Scheduler weightedLeastConnection() {
    return WEIGHTED_LEAST_CONNECTION;
  }

  /**
   * Shortest expected delay (sed): the smallest (active + 1) / weight; the newest of equals. Does
   * not see inactive connections.
   *
   * @return the scheduler
   */
  public static Scheduler shortestExpectedDelay() {
    return SHORTEST_EXPECTED_DELAY;
  }

  /**
   * Never queue (nq): the newest server without an active connection, whatever its weight; else as
   * {@link #shortestExpectedDelay}.
   *
   * @return the scheduler
   */
  public static Scheduler neverQueue() {
    return NEVER_QUEUE;
  }

  /**
   * Weighted fail over (fo): the heaviest takes everything; the newest of equals.
   *
   * @return the scheduler
   */
  public static Scheduler failOver() {
    return FAIL_OVER;
  }

  /**
   * Overflow connection (ovf): the heaviest until it has more active connections than it weighs,
   * then the next heaviest; nobody once all have. Does not see inactive connections, and thus no
   * UDP.
   *
   * @return the scheduler
   */
  public static Scheduler overflow() {
    return OVERFLOW;
  }

  /**
   * Smooth weighted round robin (swrr), as nginx does it: in turn, in proportion to the weights,
   * the heaviest spread out. Servers A, B, C with weights 5, 1, 1, added in this order, get
   * "aacabaa" again and again. When the weights, divided by their greatest common divisor, add up
   * to more than 65 536, the turns are as evenly spread, but not nginx's. Each stripe of callers
   * has a rotation of its own, as in {@link #roundRobin}.
   *
   * @return the scheduler
   */
  public static Scheduler smoothWeightedRoundRobin() {
    return SMOOTH_WEIGHTED_ROUND_ROBIN;
  }

  /**
   * As {@link #smoothWeightedRoundRobin}, with one rotation for all callers, who wait for each
   * other ({@code swrr:exact}).
   *
   * @return the scheduler
   */
  public static Scheduler exactSmoothWeightedRoundRobin() {
    return EXACT_SMOOTH_WEIGHTED_ROUND_ROBIN;
  }

  /**
   * Weighted random (random): by chance, each as likely as it weighs.
   *
   * @return the scheduler
   */
  public static Scheduler weightedRandom() {
    return WEIGHTED_RANDOM;
  }

  /**
   * Weighted random with one's own randomness.
   *
   * @param random where it draws from
   * @return the scheduler
   */
  public static Scheduler weightedRandom(Randomness random) {
    return (destinations, previous) -> new WeightedRandom(destinations, random);
  }

  /**
   * Power of two choices (p2c): two different ones are drawn, each as likely as it weighs, and the
   * one with the smaller (256 · active + inactive) / weight is taken.
   *
   * @return the scheduler
   */
  public static Scheduler powerOfTwoChoices() {
    return TWO_CHOICES;
  }

  /**
   * Power of two choices with one's own randomness.
   *
   * @param random where it draws from
   * @return the scheduler
   */
  public static Scheduler powerOfTwoChoices(Randomness random) {
    return (destinations, previous) -> new TwoChoices(destinations, Draw.DISTINCT, random);
  }

  /**
   * Power of twos choice (twos), as the kernel does it: like {@link #powerOfTwoChoices}, except
   * that it may draw the same one twice, and that the newest is as likely to be drawn as if it
   * weighed one more.
   *
   * @return the scheduler
   */
  public static Scheduler powerOfTwoKernelChoices() {
    return TWO_KERNEL_CHOICES;
  }

  /**
   * Power of twos choice with one's own randomness.
   *
   * @param random where it draws from
   * @return the scheduler
   */
  public static Scheduler powerOfTwoKernelChoices(Randomness random) {
    return (destinations, previous) -> new TwoChoices(destinations, Draw.KERNEL, random);
  }

  /**
   * Peak EWMA (ewma) with a decay of 10 seconds.
   *
   * @return the scheduler
   */
  public static Scheduler peakEwma() {
    return PEAK_EWMA;
  }

  /**
   * Peak EWMA: the smallest latency · (connections + 1) / weight; the newest of equals. The latency
   * is what {@link io.evenkeel.pool.Assignment#answered} is told: the highest counts at once, and
   * is forgotten exponentially.
   *
   * @param decay after which a latency counts 1/e; more than 0
   * @return the scheduler
   */
  public static Scheduler peakEwma(Duration decay) {
    if (decay.isNegative() || decay.isZero()) {
      throw new IllegalArgumentException("decay: " + decay + " (expected: more than 0)");
    }
    long decayNanos = decay.toNanos();
    return (destinations, previous) -> new PeakEwma(destinations, previous, decayNanos);
  }

  /**
   * Slow start for any scheduler: who was added or has recovered gets few connections at first and
   * more and more as it warms up. See {@link SlowStart}.
   *
   * @param inner who chooses
   * @param slowStart how few, and for how long
   * @return the scheduler
   */
  public static Scheduler slowStart(Scheduler inner, SlowStart slowStart) {
    return slowStart(inner, slowStart, ThreadRandomness.INSTANCE);
  }

  /**
   * Slow start with one's own randomness.
   *
   * @param inner who chooses
   * @param slowStart how few, and for how long
   * @param random where it draws from; not used when clients decide
   * @return the scheduler
   */
  public static Scheduler slowStart(Scheduler inner, SlowStart slowStart, Randomness random) {
    return (destinations, previous) ->
        new SlowStarting(inner, slowStart, random, destinations, previous);
  }

  /**
   * Source hashing (sh, ip_vs_sh.c): a client's address decides, by way of 256 buckets that are
   * dealt out in list order, as many in a row as each server weighs. Servers get no share if the
   * weights before theirs add up to 256. Any change of the list or a weight may move any client.
   * Without {@link HashOption#FALLBACK} a client finds nobody while its server may not be chosen,
   * one of weight 0 (which has a bucket) included.
   *
   * @param options flags of ipvsadm(8)
   * @return the scheduler
   */
  public static Scheduler sourceHash(HashOption... options) {
    return options.length == 0 ? SOURCE_HASH : sourceHashWith(Set.copyOf(Arrays.asList(options)));
  }

  /**
   * Destination hashing (dh, ip_vs_dh.c): the address that the client asked for decides, by way of
   * 256 buckets of which the servers get one each in turn, whatever they weigh. A change of weights
   * moves nobody. Nobody is found while the server of a bucket may not be chosen.
   *
   * @return the scheduler
   */
  public static Scheduler destinationHash() {
    return DESTINATION_HASH;
  }

  /**
   * Maglev hashing (mh, ip_vs_mh.c) with the kernel's usual table of 4093 places, as {@link
   * #maglevHash(int, HashOption...)}.
   *
   * @param options flags of ipvsadm(8)
   * @return the scheduler
   */
  public static Scheduler maglevHash(HashOption... options) {
    return options.length == 0 ? MAGLEV_HASH : maglevHash(KERNEL_TABLE_SIZE, options);
  }

  /**
   * Maglev hashing (mh, ip_vs_mh.c): a client's address decides, by way of a table in which each
   * server has its share of places; a change of the list moves few clients. The choices are those
   * of a 64-bit kernel built with that table size. A server that is quiesced keeps its places:
   * without {@link HashOption#FALLBACK} its clients find nobody. With more servers than places the
   * newest have none.
   *
   * @param tableSize 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521 or 131071
   *     (CONFIG_IP_VS_MH_TAB_INDEX 8 to 17)
   * @param options flags of ipvsadm(8)
   * @return the scheduler
   * @throws IllegalArgumentException if the kernel has no table of that size
   */
  public static Scheduler maglevHash(int tableSize, HashOption... options) {
    if (!MaglevHash.isSize(tableSize)) {
      throw new IllegalArgumentException(
          "tableSize: "
              + tableSize
              + " (expected: 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521 or 131071)");
    }
    return maglevHashWith(tableSize, Set.copyOf(Arrays.asList(options)));
  }

  /**
   * Locality-based least connection (lblc, ip_vs_lblc.c): the address that the client asked for
   * stays with the server that {@link #weightedLeastConnection} chose for it, until that is gone,
   * quiesced, or has more active connections than it weighs while another has less than half as
   * many as that one weighs. An upper threshold does not take addresses away.
   *
   * <p>A choice that gives an address to a server allocates an entry and takes a lock; every other
   * one does neither. An entry is forgotten after a day without use (looked for each half hour),
   * and, while there are more than 16384, after six minutes (looked for each minute); who comes
   * first after such a moment does it.
   *
   * @return the scheduler
   */
  public static Scheduler localityLeastConnection() {
    return LOCALITY_LEAST_CONNECTION;
  }

  /**
   * Locality-based least connection with replication (lblcr, ip_vs_lblcr.c): as {@link
   * #localityLeastConnection}, but the address that the client asked for has a set of servers, of
   * which the one with the smallest (256 · active + inactive) / weight is taken. Instead of going
   * to another server the address gets one more; a set that did not change for a day loses its most
   * loaded one.
   *
   * @return the scheduler
   */
  public static Scheduler localityWithReplication() {
    return LOCALITY_WITH_REPLICATION;
  }

  /**
   * A consistent-hash ring with bounded load, as {@link #ring(int)} with 125 percent.
   *
   * @return the scheduler
   */
  public static Scheduler ring() {
    return RING;
  }

  /**
   * A consistent-hash ring: a client's address decides, by the next of the points that the servers
   * have on a ring, 128 the heaviest and the others by weight. A server that comes, goes or changes
   * its weight moves the clients of its own points only, unless that changes which weight is the
   * largest. With bounded load a server that has its share of all open connections, and so much on
   * top, is passed over; somebody always has less. Not of LVS.
   *
   * @param balance how many percent of its share a server may have, 101..1000, such as HAProxy's
   *     hash-balance-factor: the less, the evener, and the more clients move; 0: any load
   * @return the scheduler
   * @throws IllegalArgumentException if {@code balance} is out of range
   */
  public static Scheduler ring(int balance) {
    if (!isBalance(balance)) {
      throw new IllegalArgumentException("balance: " + balance + " (expected: 0 or 101..1000)");
    }
    return ringWith(balance);
  }

  /**
   * Rendezvous hashing, by highest random weight: a client's address decides; shares are by weight,
   * and a server that comes, goes, is suspended or changes its weight moves only the clients that
   * it gets or loses. Looks at every server at each choice. Not of LVS.
   *
   * @return the scheduler
   */
  public static Scheduler rendezvous() {
    return RENDEZVOUS;
  }

  /**
   * Maglev hashing with a table of 65537 places, as {@link #maglev(int)}.
   *
   * @return the scheduler
   */
  public static Scheduler maglev() {
    return MAGLEV;
  }

  /**
   * Maglev hashing with a large table: a client's address decides; shares are by weight as exactly
   * as the table is large, and a change of the list moves few clients. Unlike {@link #maglevHash}
   * it tells apart servers whose address and port add up to the same, leaves out who weighs
   * nothing, and always finds somebody if somebody is eligible. Not of LVS.
   *
   * @param tableSize a prime, 3..16777213; best a hundred times as many as servers. With fewer
   *     places than servers some have none
   * @return the scheduler
   * @throws IllegalArgumentException if {@code tableSize} is not such a number
   */
  public static Scheduler maglev(int tableSize) {
    if (!Maglev.isSize(tableSize)) {
      throw new IllegalArgumentException(
          "tableSize: " + tableSize + " (expected: a prime, 3..16777213)");
    }
    return maglevWith(tableSize);
  }

  /**
   * A scheduler by its name, that of LVS where it has one, with flags behind a colon: {@code
   * sh:sh-port,sh-fallback}, {@code mh:mh-port,mh-fallback,size=251}, {@code ring:balance=150},
   * {@code maglev:size=131071}, {@code rr:exact}.
   *
   * @param name such as {@code wlc}
   * @return the scheduler, or empty if no scheduler has that name, or it has no such flag
   */
  public static Optional<Scheduler> named(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Optional.ofNullable(BY_NAME.get(name));
    }
    SchedulerFlags flags = new SchedulerFlags(name.substring(colon + 1));
    return switch (name.substring(0, colon)) {
      case "rr" -> flags.complete(flags.flag("exact") ? EXACT_ROUND_ROBIN : ROUND_ROBIN);
      case "wrr" ->
          flags.complete(flags.flag("exact") ? EXACT_WEIGHTED_ROUND_ROBIN : WEIGHTED_ROUND_ROBIN);
      case "swrr" ->
          flags.complete(
              flags.flag("exact")
                  ? EXACT_SMOOTH_WEIGHTED_ROUND_ROBIN
                  : SMOOTH_WEIGHTED_ROUND_ROBIN);
      case "sh" -> flags.complete(sourceHashWith(flags.hashOptions("sh")));
      case "mh" -> {
        int size = flags.number("size", KERNEL_TABLE_SIZE, MaglevHash::isSize);
        yield flags.complete(maglevHashWith(size, flags.hashOptions("mh")));
      }
      case "ring" ->
          flags.complete(ringWith(flags.number("balance", USUAL_BALANCE, Schedulers::isBalance)));
      case "maglev" ->
          flags.complete(maglevWith(flags.number("size", USUAL_MAGLEV_SIZE, Maglev::isSize)));
      default -> Optional.empty();
    };
  }

  /**
   * The names that {@link #named} knows, without flags.
   *
   * @return in alphabetical order
   */
  public static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }
}
