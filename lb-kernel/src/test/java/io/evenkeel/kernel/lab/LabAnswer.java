package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a server of a lab answers.
 *
 * @param server its name
 * @param client the client's address, as the server sees it
 */
record LabAnswer(String server, String client) {

  byte[] bytes() {
    return (LabServer.QUESTION + server + " " + client + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Fails unless two servers have answered in turn, whoever was first. */
  static void assertAlternate(String one, String other, List<LabAnswer> answers) {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      boolean isFirst = answers.get(0).server.equals(one);
      expected.add(isFirst == (i % 2 == 0) ? one : other);
    }
    assertEquals(expected, servers(answers));
  }

  /** Fails unless one server has answered all. */
  static void assertSame(List<LabAnswer> answers) {
    assertEquals(1, Set.copyOf(servers(answers)).size(), () -> "servers: " + servers(answers));
  }

  private static List<String> servers(List<LabAnswer> answers) {
    return answers.stream().map(LabAnswer::server).toList();
  }

  /**
   * Reads it.
   *
   * @throws IOException if it is something else
   */
  static LabAnswer parse(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.US_ASCII);
    String[] words =
        text.substring(Math.min(text.length(), LabServer.QUESTION.length())).strip().split(" ", -1);
    if (!text.startsWith(LabServer.QUESTION) || !text.endsWith("\n") || words.length != 2) {
      throw new IOException("answer: " + text + " (expected: the question, server and client)");
    }
    return new LabAnswer(words[0], words[1]);
  }
}
