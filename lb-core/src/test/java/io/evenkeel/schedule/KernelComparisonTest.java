package io.evenkeel.schedule;

import static io.evenkeel.schedule.Comparison.compare;
import static io.evenkeel.schedule.HashOption.FALLBACK;
import static io.evenkeel.schedule.HashOption.PORT;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each scheduler against the kernel's rules, choice by choice, through random changes. */
class KernelComparisonTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wrr_randomChanges_choosesAsTheKernel(long seed) {
    compare("wrr", seed, Schedulers.weightedRoundRobin(), KernelService.weightedRoundRobin());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rr_randomChanges_choosesAsTheKernel(long seed) {
    compare("rr", seed, Schedulers.roundRobin(), KernelService.roundRobin());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void lc_randomChanges_choosesAsTheKernel(long seed) {
    compare("lc", seed, Schedulers.leastConnection(), KernelService.leastConnection());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wlc_randomChanges_choosesAsTheKernel(long seed) {
    compare(
        "wlc", seed, Schedulers.weightedLeastConnection(), KernelService.weightedLeastConnection());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void sed_randomChanges_choosesAsTheKernel(long seed) {
    compare("sed", seed, Schedulers.shortestExpectedDelay(), KernelService.shortestExpectedDelay());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nq_randomChanges_choosesAsTheKernel(long seed) {
    compare("nq", seed, Schedulers.neverQueue(), KernelService.neverQueue());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void fo_randomChanges_choosesAsTheKernel(long seed) {
    compare("fo", seed, Schedulers.failOver(), KernelService.failOver());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void ovf_randomChanges_choosesAsTheKernel(long seed) {
    compare("ovf", seed, Schedulers.overflow(), KernelService.overflow());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void sh_randomChanges_choosesAsTheKernel(long seed) {
    compare("sh", seed, Schedulers.sourceHash(), new KernelSourceHash(false, false));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shWithFlags_randomChanges_choosesAsTheKernel(long seed) {
    compare("sh with port", seed, Schedulers.sourceHash(PORT), new KernelSourceHash(true, false));
    compare(
        "sh with fallback",
        seed,
        Schedulers.sourceHash(FALLBACK),
        new KernelSourceHash(false, true));
    compare(
        "sh with both",
        seed,
        Schedulers.sourceHash(PORT, FALLBACK),
        new KernelSourceHash(true, true));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void dh_randomChanges_choosesAsTheKernel(long seed) {
    compare("dh", seed, Schedulers.destinationHash(), new KernelDestinationHash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mh_randomChanges_choosesAsTheKernel(long seed) {
    compare("mh", seed, Schedulers.maglevHash(), new KernelMaglevHash(12, false, false));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mhWithFlags_randomChanges_choosesAsTheKernel(long seed) {
    compare(
        "mh with port",
        seed,
        Schedulers.maglevHash(509, PORT),
        new KernelMaglevHash(9, true, false));
    compare(
        "mh with fallback",
        seed,
        Schedulers.maglevHash(251, FALLBACK),
        new KernelMaglevHash(8, false, true));
    compare(
        "mh with both",
        seed,
        Schedulers.maglevHash(1021, PORT, FALLBACK),
        new KernelMaglevHash(10, true, true));
  }
}
