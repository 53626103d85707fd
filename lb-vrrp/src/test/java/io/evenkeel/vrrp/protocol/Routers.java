package io.evenkeel.vrrp.protocol;

/** Makes {@link RouterConfig}s, each unlike the usual one in one thing. */
record Routers(RouterConfig config) {

  /** Version 3, 1 s, preempts, no further announcement. */
  static Routers of(int priority) {
    return new Routers(
        new RouterConfig(
            Version.V3,
            priority,
            false,
            GroupFixture.SECOND,
            3,
            Preemption.ALLOWED,
            0,
            true,
            0,
            0));
  }

  static RouterConfig usual(int priority) {
    return of(priority).config();
  }

  static RouterConfig nopreempt(int priority) {
    return of(priority).preemption(Preemption.FORBIDDEN).config();
  }

  Routers version(Version version) {
    return with(version, config.startsAsMaster(), config.downTimerAdverts());
  }

  Routers startsAsMaster() {
    return with(config.version(), true, config.downTimerAdverts());
  }

  Routers downTimerAdverts(int count) {
    return with(config.version(), config.startsAsMaster(), count);
  }

  Routers preemption(Preemption preemption) {
    return with(preemption, config.preemptDelayNanos(), config.answersLower());
  }

  Routers preemptDelay(long nanos) {
    return with(config.preemption(), nanos, config.answersLower());
  }

  Routers silentToLower() {
    return with(config.preemption(), config.preemptDelayNanos(), false);
  }

  Routers interval(long nanos) {
    return with(nanos, config.announceAgainNanos(), config.announceEveryNanos());
  }

  Routers announce(long againNanos, long everyNanos) {
    return with(config.intervalNanos(), againNanos, everyNanos);
  }

  private Routers with(Version version, boolean startsAsMaster, int downTimerAdverts) {
    return new Routers(
        new RouterConfig(
            version,
            config.priority(),
            startsAsMaster,
            config.intervalNanos(),
            downTimerAdverts,
            config.preemption(),
            config.preemptDelayNanos(),
            config.answersLower(),
            config.announceAgainNanos(),
            config.announceEveryNanos()));
  }

  private Routers with(Preemption preemption, long preemptDelayNanos, boolean answersLower) {
    return new Routers(
        new RouterConfig(
            config.version(),
            config.priority(),
            config.startsAsMaster(),
            config.intervalNanos(),
            config.downTimerAdverts(),
            preemption,
            preemptDelayNanos,
            answersLower,
            config.announceAgainNanos(),
            config.announceEveryNanos()));
  }

  private Routers with(long intervalNanos, long againNanos, long everyNanos) {
    return new Routers(
        new RouterConfig(
            config.version(),
            config.priority(),
            config.startsAsMaster(),
            intervalNanos,
            config.downTimerAdverts(),
            config.preemption(),
            config.preemptDelayNanos(),
            config.answersLower(),
            againNanos,
            everyNanos));
  }
}
