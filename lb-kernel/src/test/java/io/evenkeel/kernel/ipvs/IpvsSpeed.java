package io.evenkeel.kernel.ipvs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.function.Executable;

/**
 * 10 000 destinations over 100 services, applied and read back, by the library and by {@code
 * ipvsadm} in turn, within one boot: the ratios of the medians, with and without the time of a run
 * of {@code ipvsadm} that does nothing. See CONTRIBUTING.md.
 */
final class IpvsSpeed {
  private static final int SERVICES = 100;
  private static final int SERVERS = 100;
  private static final int WARM_UP = 60;
  private static final int ROUNDS = 25;

  private IpvsSpeed() {}

  public static void main(String[] args) throws Throwable {
    List<IpvsChange> changes = new ArrayList<>();
    StringBuilder rules = new StringBuilder();
    List<IpvsKey> keys = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      byte[] virtual = {10, 1, 0, (byte) i};
      IpvsKey key = new IpvsAddress(IpvsProtocol.TCP, AddressFamily.inet(virtual), 80);
      keys.add(key);
      changes.add(new IpvsChange.AddService(IpvsService.of(key, "wlc")));
      rules.append(String.format(Locale.ROOT, "-A -t 10.1.0.%d:80 -s wlc%n", i));
      for (int j = 0; j < SERVERS; j++) {
        byte[] real = {10, 2, (byte) i, (byte) j};
        changes.add(
            new IpvsChange.AddDestination(
                key,
                IpvsDestination.of(
                    AddressFamily.inet(real), 8080, ForwardingMethod.MASQUERADE, 1 + j)));
        rules.append(
            String.format(
                Locale.ROOT, "-a -t 10.1.0.%d:80 -r 10.2.%d.%d:8080 -m -w %d%n", i, i, j, 1 + j));
      }
    }
    Path file = Files.createTempFile("evenkeel", ".rules");
    try (Ipvs ipvs = Ipvs.open()) {
      Files.writeString(file, rules);
      Executable clear = () -> ipvs.apply(new IpvsChange.Flush());
      Executable apply = () -> ipvs.apply(changes);
      Executable read =
          () -> {
            int found = ipvs.services().size();
            for (IpvsKey key : keys) {
              found += ipvs.destinations(key).size();
            }
            check(found == SERVICES + SERVICES * SERVERS, "read " + found);
          };
      for (int i = 0; i < WARM_UP; i++) {
        apply.execute();
        read.execute();
        clear.execute();
      }
      long[] ours = new long[ROUNDS];
      long[] theirs = new long[ROUNDS];
      long[] oursRead = new long[ROUNDS];
      long[] theirsRead = new long[ROUNDS];
      long[] nothing = new long[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        nothing[i] = nanos(() -> ipvsadm(Path.of("/dev/null"), "--restore"));
        ours[i] = nanos(apply);
        oursRead[i] = nanos(read);
        clear.execute();
        theirs[i] = nanos(() -> ipvsadm(file, "--restore"));
        theirsRead[i] = nanos(() -> ipvsadm(Path.of("/dev/null"), "-Sn"));
        read.execute();
        clear.execute();
      }
      long start = median(nothing);
      print("apply", median(ours), median(theirs), start);
      print("read back", median(oursRead), median(theirsRead), start);
    } finally {
      Files.delete(file);
    }
  }

  private static void print(String what, long ours, long theirs, long start) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f ms, ipvsadm %.1f ms, of which %.1f ms start: ratio %.1f, without start %.1f%n",
        what,
        ours / 1e6,
        theirs / 1e6,
        start / 1e6,
        (double) theirs / ours,
        (double) (theirs - start) / ours);
  }

  private static void ipvsadm(Path input, String option) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("ipvsadm", option)
            .redirectInput(input.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    check(status == 0, "ipvsadm " + option + ": " + status);
  }

  private static long nanos(Executable what) throws Throwable {
    long start = System.nanoTime();
    what.execute();
    return System.nanoTime() - start;
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void check(boolean holds, String words) {
    if (!holds) {
      throw new IllegalStateException(words);
    }
  }
}
