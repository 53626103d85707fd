package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class HttpPageTest {
  private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

  @Test
  void equals_sameParts_isOnePage() {
    assertEquals(page(), page());
    assertEquals(page().hashCode(), page().hashCode());
    assertNotEquals(page(), page().orStatus(404, 404));
    assertNotEquals(page(), page().withHeader("x", "y"));
    assertNotEquals(page(), page().withBodyMatching("fit!"));
    assertNotEquals(page(), page().withMd5(MD5.replace('d', 'e')));
    assertNotEquals(HttpPage.get("/"), HttpPage.head("/"));
  }

  @Test
  void toString_page_saysAllOfIt() {
    assertEquals(
        "/a status 200..204, 304 header x-state ~ ready body ~ f.t MD5 " + MD5, page().toString());
    assertEquals("HEAD /a status 200..299", HttpPage.head("/a").toString());
  }

  @Test
  void new_notValid_throws() {
    HttpPage page = HttpPage.get("/");
    assertMessage("statuses: none (expected: 1 or more)", () -> with(List.of()));
    assertMessage(
        "status: 99..200 (expected: a range within 100..599)", () -> page.orStatus(99, 200));
    assertMessage("header: a b (expected: a header's name)", () -> page.withHeader("a b", "c"));
    assertMessage("header: (expected: a header's name)", () -> page.withHeader("", "c"));
    assertMessage(
        "header x: ( (expected: a regular expression: Unclosed group)",
        () -> page.withHeaderMatching("x", "("));
    assertMessage(
        "body: [ (expected: a regular expression: Unclosed character class)",
        () -> page.withBodyMatching("["));
    assertMessage("MD5: 12 (expected: 32 hexadecimal digits)", () -> page.withMd5("12"));
    assertMessage(
        "SHA-256: " + MD5 + " (expected: 64 hexadecimal digits)", () -> page.withSha256(MD5));
    assertMessage(
        "digest: SHA-1 (expected: MD5 or SHA-256)", () -> new HttpPage.Digest("SHA-1", MD5));
    assertMessage(
        "body: expected with HEAD (expected: with GET)",
        () -> HttpPage.head("/").withBodyMatching("x"));
  }

  private static HttpPage page() {
    return HttpPage.get("/a")
        .withStatus(200, 204)
        .orStatus(304, 304)
        .withHeader("X-State", "ready")
        .withBodyMatching("f.t")
        .withMd5(MD5.toUpperCase(java.util.Locale.ROOT));
  }

  private static HttpPage with(List<HttpPage.Status> statuses) {
    return new HttpPage(HttpPage.Method.GET, "/", statuses, List.of(), null, null);
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, e)
            .getMessage()
            .replace("header:  ", "header: "));
  }
}
