package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.plane.Listing.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What others have changed of a service since the table was left.
 *
 * @param key of the service
 * @param text in words
 */
record Drift(IpvsKey key, String text) {

  /**
   * Compares two tables. Services that were not there before are passed over.
   *
   * @param before as it was left
   * @param now as it was found
   * @return one for each service that differs
   */
  static List<Drift> between(Map<IpvsKey, Listing> before, Map<IpvsKey, Listing> now) {
    List<Drift> all = new ArrayList<>();
    before.forEach(
        (key, listing) -> {
          List<String> words = words(listing, now.get(key));
          if (!words.isEmpty()) {
            all.add(new Drift(key, String.join(", ", words)));
          }
        });
    return all;
  }

  private static List<String> words(Listing before, @Nullable Listing now) {
    if (now == null) {
      return List.of("the service was gone");
    }
    List<String> words = new ArrayList<>();
    if (!now.service().equals(before.service())) {
      words.add("it was " + text(now.service()) + " (expected: " + text(before.service()) + ")");
    }
    Map<Place, IpvsDestination> left = now.places();
    for (IpvsDestination expected : before.destinations()) {
      IpvsDestination found = left.remove(Place.of(expected));
      if (found == null) {
        words.add("gone was " + expected);
      } else if (!found.equals(expected)) {
        words.add("there was " + found + " (expected: " + expected + ")");
      }
    }
    left.values().forEach(found -> words.add("there was " + found + " (expected: no such server)"));
    return words;
  }

  private static String text(IpvsService service) {
    IpvsPersistence persistence = service.persistence();
    return service.scheduler()
        + (service.flags().isEmpty() ? "" : " " + service.flags())
        + (persistence == null
            ? ""
            : " persistent " + persistence.timeoutSeconds() + " s /" + persistence.prefix())
        + (persistence == null || persistence.gaps() == 0
            ? ""
            : " mask " + persistence.mask(service.key().family()))
        + (persistence == null || persistence.engine() == null ? "" : " " + persistence.engine())
        + (service.onePacket() ? " one packet" : "");
  }
}
