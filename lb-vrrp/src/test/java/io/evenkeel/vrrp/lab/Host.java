package io.evenkeel.vrrp.lab;

/** Whose place on the segment is whose. The addresses of the one decide over those of the other. */
enum Host {
  /** 192.0.2.1, fe80::1. */
  LOW(1),
  /** 192.0.2.2, fe80::2. */
  HIGH(2),
  /** 192.0.2.3, fe80::3: it samples. */
  THIRD(3),
  /** 192.0.2.4, fe80::4: it looks on. */
  FOURTH(4);

  /** Ends its addresses, and its bit in what the sampler says. */
  final int number;

  Host(int number) {
    this.number = number;
  }

  Host other() {
    return this == LOW ? HIGH : LOW;
  }
}
