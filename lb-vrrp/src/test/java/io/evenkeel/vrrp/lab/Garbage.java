package io.evenkeel.vrrp.lab;

/** What a busy application does to its JVM: 1 GB of garbage a second, and all of it collected. */
final class Garbage {
  /** An argument of {@link RouterMain}. */
  static final String MAKE = "garbage";

  /** What it says every ten seconds, before how many MB there were. */
  static final String MADE = "garbage ";

  private static final int BYTES_A_MILLISECOND = 1 << 20;
  private static final int CHUNK = 1 << 16;

  /** So that it is not left out. */
  @SuppressWarnings("unused")
  private static volatile byte[] last;

  private Garbage() {}

  static void start() {
    Thread thread = new Thread(Garbage::make, "garbage");
    thread.setDaemon(true);
    thread.start();
  }

  private static void make() {
    long made = 0;
    for (long start = System.nanoTime(), collected = 0; ; ) {
      long millis = (System.nanoTime() - start) / 1_000_000;
      while (made < millis * BYTES_A_MILLISECOND) {
        last = new byte[CHUNK];
        made += CHUNK;
      }
      if (millis / 10_000 > collected) {
        collected++;
        System.gc();
        System.out.println(MADE + (made >> 20));
      }
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
