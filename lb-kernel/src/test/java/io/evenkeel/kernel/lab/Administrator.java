package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import java.io.IOException;
import java.net.InetAddress;

/**
 * Who sets a lab up. What is shown must hold whoever it is: the test is right if it holds for
 * {@code ipvsadm}, ip(8) and sysctl(8).
 */
interface Administrator extends AutoCloseable {
  /** All of them. */
  enum Kind {
    LIBRARY,
    PROGRAMS;

    /**
     * One for a director.
     *
     * @throws IOException if it cannot work here
     */
    Administrator of(LabHost director) throws IOException {
      return this == LIBRARY
          ? new LibraryAdministrator(director)
          : new ProgramAdministrator(director);
    }
  }

  /** A table that was saved. */
  interface Saved {
    /** Makes the table that again, after it has been flushed. */
    void restore() throws IOException;
  }

  /** Adds a service to the director's table, and its destinations in this order. */
  void add(IpvsService service, IpvsDestination... destinations) throws IOException;

  /** Adds a destination to a service. */
  void add(IpvsKey service, IpvsDestination destination) throws IOException;

  /** Takes a destination from a service. */
  void delete(IpvsKey service, IpvsDestination destination) throws IOException;

  /** Takes all services away. */
  void flush() throws IOException;

  /** Sets how long connections live after their last FIN, and those of UDP, in seconds. */
  void timeouts(long tcpFinSeconds, long udpSeconds) throws IOException;

  /** Saves the whole table. */
  Saved save() throws IOException;

  /** Lets the director forward packets, and not tell their senders of shorter ways. */
  void forward(LabHost director) throws IOException;

  /** Keeps a real server from telling others that it has the virtual addresses. */
  void hideVirtualAddresses(LabHost server) throws IOException;

  /** Gives a host a virtual address. */
  void address(LabHost host, String link, InetAddress address) throws IOException;

  /** Unwraps on a host what comes to one of its addresses in a tunnel; a link of this name. */
  void tunnel(LabHost host, String link, IpvsTunnel tunnel, InetAddress local, AddressFamily inner)
      throws IOException;

  @Override
  void close() throws IOException;
}
