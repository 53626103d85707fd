package io.evenkeel.kernel.plane;

import io.evenkeel.EffectiveService;
import io.evenkeel.TemplateChange;
import io.evenkeel.TemplateStatus;
import java.io.IOException;
import java.util.List;

/** What a service's move asks of the kernel. Used by one thread. */
interface Crossing extends AutoCloseable {

  /** Begins one. */
  @FunctionalInterface
  interface Opening {

    /** For a service. */
    Crossing open(EffectiveService service) throws IOException;
  }

  /** Something that may fail as the kernel may. */
  @FunctionalInterface
  interface Step {

    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Whether the kernel lets the proxy's connections alone.
   *
   * @throws IOException if it would not; says which setting is in the way
   */
  void check() throws IOException;

  /** Which server the kernel's clients are tied to. */
  List<TemplateChange> templates() throws IOException;

  /**
   * Ties clients to servers in the kernel, as another director would by its sync daemon; each once.
   *
   * @return how many were new
   */
  int inject(List<TemplateStatus> templates) throws IOException;

  /** Whether no connection is open that goes to another than this host. */
  boolean isDrained() throws IOException;

  /**
   * Does what takes the local destination away. Its entries would swallow the packets of
   * connections that the proxy has: they are to end at the next packet, which then goes on to the
   * proxy's socket (expire_nodest_conn).
   */
  void expiring(Step step) throws IOException;

  @Override
  void close();
}
