package io.evenkeel.kernel.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is to be undone, the last first. Not thread-safe. */
final class Undos {
  private final Deque<Undo> undos = new ArrayDeque<>();

  /** Undoes one change. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private record Undo(String name, Action action) {}

  /** Remembers a change. The first of a name counts: it knows what was before. */
  void add(String name, Action action) {
    if (undos.stream().noneMatch(undo -> undo.name().equals(name))) {
      undos.push(new Undo(name, action));
    }
  }

  /** Remembers a change in place of what was remembered of it. */
  void replace(String name, Action action) {
    forget(name);
    undos.push(new Undo(name, action));
  }

  void forget(String name) {
    undos.removeIf(undo -> undo.name().equals(name));
  }

  /** Undoes all, and throws the first failure, with the others suppressed in it. */
  void run() throws IOException {
    @Nullable IOException failure = null;
    while (!undos.isEmpty()) {
      try {
        undos.pop().action().run();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
