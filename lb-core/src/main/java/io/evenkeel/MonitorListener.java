package io.evenkeel;

/** Told by a {@link ServerMonitor} on the control thread. Must not throw. */
interface MonitorListener {

  /** What the monitor holds of its server is something else now; see {@code Health.differs}. */
  void changed(ServerMonitor monitor);

  /** A check has passed. */
  void passed(ServerMonitor monitor);

  /** The first result bore out what is held of the server, or changed it. */
  void proven();
}
