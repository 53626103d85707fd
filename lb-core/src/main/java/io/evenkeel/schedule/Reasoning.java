package io.evenkeel.schedule;

import io.evenkeel.model.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a scheduler came to its choice. Immutable; as text, a sentence or two for a log. */
public sealed interface Reasoning {

  /**
   * Whatever a scheduler of one's own wants to say.
   *
   * @param words such as "the first with room"
   */
  record InWords(String words) implements Reasoning {
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * The next in turn: rr, wrr, swrr.
   *
   * @param before the place of the last choice; -1: before the first place
   * @param after the place of this choice; as before if there is nobody
   * @param places in the list (rr, wrr), or in the cycle of turns (swrr)
   * @param threshold wrr: what a server had to weigh; 0: the scheduler has none
   */
  record Turn(int before, int after, int places, int threshold) implements Reasoning {
    @Override
    public String toString() {
      String turn = "turn: from place " + before + " to " + after + " of 0.." + (places - 1);
      return threshold == 0 ? turn : turn + ", among those that weigh " + threshold + " or more";
    }
  }

  /**
   * The best of all: lc, wlc, sed, nq, fo, ovf, ewma, rendezvous.
   *
   * @param best what is compared, and whether the least or the most is best
   * @param values of each that was eligible, the best first; among equals in list order
   */
  record Compared(String best, List<Value> values) implements Reasoning {
    /** Copies the list. */
    public Compared {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return best + ", of equals the first: " + Texts.list(values);
    }
  }

  /**
   * What a server is worth in a comparison.
   *
   * @param server which
   * @param value rounded to a double, where the scheduler compares exactly; infinite: it may not be
   *     chosen after all
   */
  record Value(Endpoint server, double value) {
    @Override
    public String toString() {
      return server + " = " + Texts.number(value);
    }
  }

  /**
   * By chance: random, p2c, twos.
   *
   * @param drawn in the order in which they were drawn
   * @param outOf the weights of all that were eligible together
   * @param compared the better of two; null if one alone is drawn
   */
  record Drawn(List<Draw> drawn, long outOf, @Nullable Compared compared) implements Reasoning {
    /** Copies the list. */
    public Drawn {
      drawn = List.copyOf(drawn);
    }

    @Override
    public String toString() {
      String draws = "drawn by weight out of " + outOf + ": " + Texts.list(drawn);
      return compared == null ? draws : draws + "; " + compared;
    }
  }

  /**
   * A server that was drawn.
   *
   * @param server which
   * @param weight how likely it was, by comparison
   */
  record Draw(Endpoint server, int weight) {
    @Override
    public String toString() {
      return server + " weight " + weight;
    }
  }

  /**
   * By hash: sh, dh, mh, ring, maglev.
   *
   * @param key what was hashed, such as "client 192.0.2.7"
   * @param place where that fell: the bucket, the place of a table, the next point of a ring
   * @param places how many there are
   * @param passedOver whose the place was, and who came after that, up to the one that was taken;
   *     empty if the place is its own
   */
  record Hashed(String key, int place, int places, List<PassedOver> passedOver)
      implements Reasoning {
    /** Copies the list. */
    public Hashed {
      passedOver = List.copyOf(passedOver);
    }

    @Override
    public String toString() {
      String hash = key + " hashes to place " + place + " of 0.." + (places - 1);
      return passedOver.isEmpty() ? hash : hash + ", passed over: " + Texts.list(passedOver);
    }
  }

  /**
   * A server to which a hash led, and which was not taken.
   *
   * @param server which
   * @param why in words
   */
  record PassedOver(Endpoint server, String why) {
    @Override
    public String toString() {
      return server + " (" + why + ")";
    }
  }

  /**
   * By who had the address before: lblc, lblcr.
   *
   * @param address that the client asked for
   * @param before who had it; empty: nobody
   * @param after who has it now
   * @param verdict what became of those who had it
   * @param compared who was the least loaded of them, or, if they had to give it up, of all; null
   *     if there was nothing to compare
   */
  record Located(
      String address,
      List<Endpoint> before,
      List<Endpoint> after,
      Verdict verdict,
      @Nullable Reasoning compared)
      implements Reasoning {
    /** What became of those who had it. */
    public enum Verdict {
      /** Nobody had it. */
      NEW("new"),
      /** It stays. */
      KEPT("kept"),
      /** Who had it is not in the list any more. */
      GONE("its server is gone"),
      /** Nobody who had it may be chosen. */
      EXCLUDED("none of its servers may be chosen"),
      /** Who had it has more active connections than it weighs, and another has much less. */
      BUSY("more active than its server weighs, and another has less than half");

      private final String words;

      Verdict(String words) {
        this.words = words;
      }

      @Override
      public String toString() {
        return words;
      }
    }

    /** Copies the lists. */
    public Located {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }

    @Override
    public String toString() {
      return address
          + " had "
          + Texts.list(before)
          + ", has "
          + Texts.list(after)
          + ": "
          + verdict
          + (compared == null ? "" : "; " + compared);
    }
  }

  /**
   * By slow start: the choice fell on a server that is warming up.
   *
   * @param first which
   * @param share what it gets of the connections that fall on it, 0..1
   * @param coin below the share it may keep this one; 0..1, 1 excluded
   * @param result what came of it
   * @param reasoning why it was chosen first
   * @param instead why the one was chosen that got it, among those that are warm; null if no other
   *     one was looked for
   */
  record Warming(
      Endpoint first,
      double share,
      double coin,
      Result result,
      Reasoning reasoning,
      @Nullable Reasoning instead)
      implements Reasoning {
    /** What came of a choice that fell on who is warming up. */
    public enum Result {
      /** The coin is below the share. */
      KEPT("it keeps this one"),
      /** The coin is not below the share. */
      WAITS("another one gets this one"),
      /** It has as many connections as its share of those of the one that got this one. */
      HAS_ITS_SHARE("it has its share of connections already"),
      /** There is no warm one. */
      NOBODY_WARM("nobody is warm");

      private final String words;

      Result(String words) {
        this.words = words;
      }

      @Override
      public String toString() {
        return words;
      }
    }

    @Override
    public String toString() {
      return first
          + " is warming up, share "
          + Texts.number(share)
          + ", coin "
          + Texts.number(coin)
          + ": "
          + result
          + "; it was chosen first by "
          + reasoning
          + (instead == null ? "" : "; among the warm ones: " + instead);
    }
  }
}
