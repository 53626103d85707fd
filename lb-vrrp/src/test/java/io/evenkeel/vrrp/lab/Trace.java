package io.evenkeel.vrrp.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the third host saw. Times are those of {@link System#nanoTime}. Immutable.
 *
 * @param owners who answered, from when on
 * @param adverts of the routers
 * @param pongs the first answers to a ping after 5 ms without one
 * @param latestNanos how late the latest sample was
 * @param endNanos until when it looked
 */
record Trace(
    List<Owners> owners, List<Advert> adverts, List<Long> pongs, long latestNanos, long endNanos) {

  /**
   * Who answered.
   *
   * @param nanos from when on
   * @param hosts the sum of their numbers; 0: nobody
   * @param gapNanos how long before it was somebody else for certain
   */
  record Owners(long nanos, int hosts, long gapNanos) {}

  /** An advertisement on the wire. */
  record Advert(long nanos, int host, int priority) {}

  /** Of what a sampler has printed. */
  static Trace of(List<String> lines) {
    List<Owners> owners = new ArrayList<>();
    List<Advert> adverts = new ArrayList<>();
    List<Long> pongs = new ArrayList<>();
    long latest = 0;
    long end = 0;
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long nanos = Long.parseLong(words[1]);
      switch (words[0]) {
        case "owners" ->
            owners.add(new Owners(nanos, Integer.parseInt(words[2]), Long.parseLong(words[3])));
        case "advert" ->
            adverts.add(new Advert(nanos, Integer.parseInt(words[2]), Integer.parseInt(words[3])));
        case "pong" -> pongs.add(nanos);
        case "end" -> {
          end = nanos;
          latest = Long.parseLong(words[3]);
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
    return new Trace(List.copyOf(owners), List.copyOf(adverts), List.copyOf(pongs), latest, end);
  }

  /** How long nobody answered, once somebody had, until somebody did again. */
  Duration none() {
    return duration(0);
  }

  /** How long both did, until one alone did. */
  Duration two() {
    return duration(3);
  }

  private Duration duration(int hosts) {
    long sum = 0;
    boolean begun = false;
    // What is so in the end lasts as long as somebody looks, which says nothing of the routers.
    for (int i = 0; i < owners.size() - 1; i++) {
      Owners one = owners.get(i);
      begun |= one.hosts != 0;
      if (begun && one.hosts == hosts) {
        sum += owners.get(i + 1).nanos - one.nanos;
      }
    }
    return Duration.ofNanos(sum);
  }

  /** The longest time of which it is not known who answered, where that changed. */
  Duration blind() {
    return Duration.ofNanos(owners.stream().mapToLong(Owners::gapNanos).max().orElse(0));
  }

  /** Who answered in the end, by name. */
  String last() {
    return owners.isEmpty() ? name(0) : name(owners.get(owners.size() - 1).hosts);
  }

  /** One after the other, for a reader. */
  String path() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < owners.size(); i++) {
      Owners one = owners.get(i);
      long end = i + 1 < owners.size() ? owners.get(i + 1).nanos : endNanos;
      names.add(name(one.hosts) + " " + (end - one.nanos) / 1_000_000);
    }
    return String.join(", ", names);
  }

  private static String name(int hosts) {
    return switch (hosts) {
      case 0 -> "none";
      case 1 -> "low";
      case 2 -> "high";
      case 3 -> "both";
      default -> "another";
    };
  }
}
