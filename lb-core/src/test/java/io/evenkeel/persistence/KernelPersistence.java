package io.evenkeel.persistence;

import io.evenkeel.pool.Destination;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What ip_vs_sched_persist and ip_vs_conn_expire do, said slowly: a list of templates, each with a
 * timer that fires.
 */
final class KernelPersistence {
  private static final long MINUTE = 60_000_000_000L;

  static final class Entry {
    final String client;
    final Destination destination;
    long timeout;
    long expires;
    int controls;

    /** False once it is re-keyed so that nothing finds it. */
    boolean found = true;

    Entry(String client, Destination destination, long timeout, long expires) {
      this.client = client;
      this.destination = destination;
      this.timeout = timeout;
      this.expires = expires;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  long timeout;
  boolean expireQuiescent;

  /** A new connection; {@code client} is masked. The template that controls it. */
  Entry connect(String client, Destination scheduled, long now) {
    fire(now + 1);
    Entry found = null;
    for (Entry entry : entries) {
      if (entry.found && entry.client.equals(client)) {
        found = entry;
      }
    }
    if (found != null && !check(found.destination)) {
      found.found = false;
      found = null;
    }
    if (found == null) {
      found = new Entry(client, scheduled, timeout, 0);
      entries.add(found);
    }
    found.expires = now + found.timeout;
    found.controls++;
    return found;
  }

  void release(Entry entry, long now) {
    fire(now);
    entry.controls--;
  }

  /** When something happens next, if nothing else does. */
  long nextTimer(long otherwise) {
    return entries.stream().mapToLong(e -> e.expires).min().orElse(otherwise);
  }

  /** Templates that a connection would find, when nothing is wrong with their server. */
  List<Entry> found(long now) {
    fire(now + 1);
    return entries.stream().filter(e -> e.found).toList();
  }

  private boolean check(Destination destination) {
    return destination.weight() >= 0
        && !destination.isSuspended()
        && !(expireQuiescent && destination.weight() == 0);
  }

  /** All timers before this moment. */
  private void fire(long before) {
    for (Iterator<Entry> i = entries.iterator(); i.hasNext(); ) {
      Entry entry = i.next();
      boolean gone = false;
      while (!gone && entry.expires < before) {
        if (entry.controls > 0) {
          entry.timeout = MINUTE;
          entry.expires += MINUTE;
        } else {
          gone = true;
        }
      }
      if (gone) {
        i.remove();
      }
    }
  }
}
