package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SourceTest {
  private final ManualSource source = new ManualSource();
  private final List<String> heard = new ArrayList<>();

  /** A source that a test drives. */
  private static final class ManualSource extends Source {
    private final List<Consumer<Reading>> begun = new ArrayList<>();
    private int ended;

    ManualSource() {
      super("manual");
    }

    @Override
    Runnable begin(Consumer<Reading> readings) {
      begun.add(readings);
      return () -> ended++;
    }

    void say(boolean isUp, String reason) {
      begun.get(begun.size() - 1).accept(new UpOrDown(isUp, reason));
    }
  }

  private AutoCloseable watch(Tracked tracked, String who) {
    return tracked.watch(c -> heard.add(who + " " + text(c) + " " + c.reason()));
  }

  private static String text(Contribution c) {
    return c.isFault() ? "fault" : String.valueOf(c.points());
  }

  @Test
  void watch_severalWithSeveralWeights_areWatchedOnce() throws Exception {
    Tracked tracked = new Tracked(source);
    AutoCloseable a = watch(tracked, "a");
    AutoCloseable b = watch(tracked.weighted(Weighting.of(-20)), "b");
    source.say(false, "x");

    assertEquals(List.of("a fault x", "b -20 x"), heard.stream().sorted().toList());
    assertEquals(1, source.begun.size());
    a.close();
    a.close();
    assertEquals(0, source.ended);
    b.close();
    assertEquals(1, source.ended);
  }

  @Test
  void watch_laterOne_hearsWhatIsKnownAtOnce() {
    watch(new Tracked(source), "a");
    source.say(true, "x");
    heard.clear();

    watch(new Tracked(source).weighted(Weighting.of(7)), "b");

    assertEquals(List.of("b 7 x"), heard);
  }

  @Test
  void watch_sameAgain_isNotTold() {
    watch(new Tracked(source), "a");
    source.say(true, "x");
    source.say(true, "y");
    source.say(false, "z");
    source.say(false, "z2");

    assertEquals(List.of("a 0 x", "a fault z"), heard);
  }

  @Test
  void watch_afterTheEnd_isNotTold() throws Exception {
    AutoCloseable a = watch(new Tracked(source), "a");
    a.close();
    source.say(false, "late");

    // Begun anew: what the first watching finds is of no interest, and nothing is known.
    watch(new Tracked(source), "b");
    source.begun.get(0).accept(new UpOrDown(false, "later"));
    assertEquals(List.of(), heard);
    source.say(true, "now");
    assertEquals(List.of("b 0 now"), heard);
  }

  @Test
  void watch_consumerSpeaksItself_isToldTheLastAfterwards() {
    new Tracked(source)
        .watch(
            c -> {
              heard.add(text(c));
              if (heard.size() == 1) {
                source.say(true, "middle");
                source.say(false, "last");
                source.say(true, "really last");
                heard.add("returned");
              }
            });
    source.say(false, "first");

    assertEquals(List.of("fault", "returned", "0"), heard);
  }

  @Test
  void watch_consumerThrows_othersAndTheNextAreTold() {
    new Tracked(source)
        .watch(
            c -> {
              heard.add("a " + text(c));
              throw new IllegalStateException("of the test");
            });
    watch(new Tracked(source), "b");
    source.say(false, "x");
    source.say(true, "y");

    assertEquals(List.of("a 0", "a fault", "b 0 y", "b fault x"), heard.stream().sorted().toList());
  }

  @Test
  void watch_beginningFails_isTriedAgainByTheNext() {
    List<String> tries = new ArrayList<>();
    Tracked tracked =
        new Tracked(
            new Source("broken") {
              @Override
              Runnable begin(Consumer<Reading> readings) {
                tries.add("try");
                throw new IllegalStateException("of the test");
              }
            });

    assertThrows(IllegalStateException.class, () -> tracked.watch(c -> {}));
    assertThrows(IllegalStateException.class, () -> tracked.watch(c -> {}));
    assertEquals(2, tries.size());
  }

  @Test
  void initial_byWeight_isAFaultOrNothing() {
    Tracked tracked = new Tracked(source);

    assertEquals(new Contribution(0, true, "manual: nothing known yet"), tracked.initial());
    assertEquals(
        new Contribution(0, false, "manual: nothing known yet"),
        tracked.weighted(Weighting.of(-5)).initial());
    assertEquals("manual", tracked.name());
  }
}
