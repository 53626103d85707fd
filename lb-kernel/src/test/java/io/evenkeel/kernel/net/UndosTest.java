package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndosTest {
  private final Undos undos = new Undos();
  private final List<String> done = new ArrayList<>();

  @Test
  void run_several_lastFirstAndOnce() throws Exception {
    undos.add("a", () -> done.add("a"));
    undos.add("b", () -> done.add("b"));
    undos.add("c", () -> done.add("c"));
    undos.forget("b");

    undos.run();
    undos.run();

    assertEquals(List.of("c", "a"), done);
  }

  @Test
  void add_secondOfAName_theFirstCounts() throws Exception {
    undos.add("a", () -> done.add("first"));
    undos.add("a", () -> done.add("second"));

    undos.run();

    assertEquals(List.of("first"), done);
  }

  @Test
  void replace_secondOfAName_theSecondCounts() throws Exception {
    undos.replace("a", () -> done.add("first"));
    undos.replace("a", () -> done.add("second"));

    undos.run();

    assertEquals(List.of("second"), done);
  }

  @Test
  void run_someFail_doesTheOthersAndThrows() {
    IOException one = new IOException("one");
    IOException two = new IOException("two");
    undos.add("a", () -> done.add("a"));
    undos.add(
        "b",
        () -> {
          throw two;
        });
    undos.add(
        "c",
        () -> {
          throw one;
        });

    IOException thrown = assertThrows(IOException.class, undos::run);

    assertSame(one, thrown);
    assertArrayEquals(new Throwable[] {two}, thrown.getSuppressed());
    assertEquals(List.of("a"), done);
  }
}
