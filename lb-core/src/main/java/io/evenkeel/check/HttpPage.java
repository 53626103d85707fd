package io.evenkeel.check;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link HttpCheck} asks for, and what it expects. Immutable.
 *
 * @param method how it asks
 * @param path what it asks for, with a leading slash; may carry a query
 * @param statuses ranges of statuses that pass, 1 or more
 * @param headers what the answer's headers must be, all of them
 * @param bodyPattern what must be found in the body, a regular expression ({@link Pattern}); null:
 *     the body is not looked at
 * @param digest what the whole body must come to; null: any
 */
public record HttpPage(
    Method method,
    String path,
    List<Status> statuses,
    List<Header> headers,
    @Nullable String bodyPattern,
    @Nullable Digest digest) {

  /** How much of a body is searched, in bytes. What comes after does not count. */
  public static final int MAX_SEARCHED_BYTES = 1 << 20;

  /**
   * The longest body that has a digest, in bytes. A longer one fails, as does any body in tens of
   * thousands of chunks of some bytes.
   */
  public static final int MAX_DIGESTED_BYTES = 1 << 24;

  /** How a page is asked for (RFC 9110, 9.3). */
  public enum Method {
    /** With its body. */
    GET,
    /** Without its body. */
    HEAD
  }

  /**
   * A range of statuses. Immutable.
   *
   * @param lowest 100..599
   * @param highest lowest..599
   */
  public record Status(int lowest, int highest) {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    public Status {
      if (lowest < 100 || highest > 599 || lowest > highest) {
        throw new IllegalArgumentException(
            "status: " + lowest + ".." + highest + " (expected: a range within 100..599)");
      }
    }

    boolean contains(int status) {
      return status >= lowest && status <= highest;
    }

    @Override
    public String toString() {
      return lowest == highest ? String.valueOf(lowest) : lowest + ".." + highest;
    }
  }

  /**
   * What one of the answer's headers of this name must be. Immutable.
   *
   * @param name the header's, in lower case
   * @param pattern what the whole value must match, a regular expression ({@link Pattern})
   */
  public record Header(String name, String pattern) {

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if {@code name} is not a header's name, or {@code pattern}
     *     is not a regular expression
     */
    public Header {
      requireName(name);
      Matching.require("header " + name, pattern);
      name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return name + " ~ " + pattern;
    }
  }

  /**
   * What a whole body comes to. Immutable.
   *
   * @param algorithm {@code MD5} or {@code SHA-256}
   * @param hex 32 or 64 hexadecimal digits, in lower case
   */
  public record Digest(String algorithm, String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if {@code algorithm} is another one, or {@code hex} is not
     *     what it comes to
     */
    public Digest {
      int digits =
          switch (algorithm) {
            case "MD5" -> 32;
            case "SHA-256" -> 64;
            default ->
                throw new IllegalArgumentException(
                    "digest: " + algorithm + " (expected: MD5 or SHA-256)");
          };
      hex = hex.toLowerCase(Locale.ROOT);
      if (hex.length() != digits || !HEX.matcher(hex).matches()) {
        throw new IllegalArgumentException(
            algorithm + ": " + hex + " (expected: " + digits + " hexadecimal digits)");
      }
    }

    @Override
    public String toString() {
      return algorithm + " " + hex;
    }
  }

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException if {@code path} does not begin with a slash or holds what is
   *     not visible ASCII, there are no statuses, {@code bodyPattern} is not a regular expression,
   *     or there is something to be said of a body that was not asked for
   */
  public HttpPage {
    if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: /... in visible ASCII characters)");
    }
    statuses = List.copyOf(statuses);
    headers = List.copyOf(headers);
    if (statuses.isEmpty()) {
      throw new IllegalArgumentException("statuses: none (expected: 1 or more)");
    }
    if (bodyPattern != null) {
      Matching.require("body", bodyPattern);
    }
    if (method == Method.HEAD && (bodyPattern != null || digest != null)) {
      throw new IllegalArgumentException("body: expected with HEAD (expected: with GET)");
    }
  }

  /**
   * Passes on status 200..299.
   *
   * @param path what is asked for, with a leading slash
   * @return the page
   * @throws IllegalArgumentException if {@code path} is not valid
   */
  public static HttpPage get(String path) {
    return new HttpPage(Method.GET, path, List.of(new Status(200, 299)), List.of(), null, null);
  }

  /**
   * Passes on status 200..299, and lets the server keep the body.
   *
   * @param path what is asked for, with a leading slash
   * @return the page
   * @throws IllegalArgumentException if {@code path} is not valid
   */
  public static HttpPage head(String path) {
    return new HttpPage(Method.HEAD, path, List.of(new Status(200, 299)), List.of(), null, null);
  }

  /**
   * With one range of statuses that pass, and no other.
   *
   * @param lowest 100..599
   * @param highest lowest..599
   * @return the changed page
   * @throws IllegalArgumentException if the range is not valid
   */
  public HttpPage withStatus(int lowest, int highest) {
    return new HttpPage(
        method, path, List.of(new Status(lowest, highest)), headers, bodyPattern, digest);
  }

  /**
   * With one more range of statuses that pass.
   *
   * @param lowest 100..599
   * @param highest lowest..599
   * @return the changed page
   * @throws IllegalArgumentException if the range is not valid
   */
  public HttpPage orStatus(int lowest, int highest) {
    return new HttpPage(
        method, path, and(statuses, new Status(lowest, highest)), headers, bodyPattern, digest);
  }

  /**
   * With a header that the answer must have, with this value.
   *
   * @param name the header's; case does not count
   * @param value all of it
   * @return the changed page
   * @throws IllegalArgumentException if {@code name} is not a header's name
   */
  public HttpPage withHeader(String name, String value) {
    return withHeaderMatching(name, Matching.literally(value));
  }

  /**
   * With a header that the answer must have, with a value that matches.
   *
   * @param name the header's; case does not count
   * @param pattern what the whole value must match, a regular expression ({@link Pattern})
   * @return the changed page
   * @throws IllegalArgumentException if {@code name} is not a header's name, or {@code pattern} is
   *     not a regular expression
   */
  public HttpPage withHeaderMatching(String name, String pattern) {
    return new HttpPage(
        method, path, statuses, and(headers, new Header(name, pattern)), bodyPattern, digest);
  }

  /**
   * With something that must be found in the first {@link #MAX_SEARCHED_BYTES} of the body, read as
   * UTF-8. A search that goes back too often for that fails.
   *
   * @param pattern a regular expression ({@link Pattern})
   * @return the changed page
   * @throws IllegalArgumentException if {@code pattern} is not one, or the body is not asked for
   */
  public HttpPage withBodyMatching(String pattern) {
    return new HttpPage(method, path, statuses, headers, pattern, digest);
  }

  /**
   * With a digest that the body must come to, as keepalived's genhash prints it.
   *
   * @param hex 32 hexadecimal digits
   * @return the changed page
   * @throws IllegalArgumentException if {@code hex} is something else, or the body is not asked for
   */
  public HttpPage withMd5(String hex) {
    return new HttpPage(method, path, statuses, headers, bodyPattern, new Digest("MD5", hex));
  }

  /**
   * With a digest that the body must come to.
   *
   * @param hex 64 hexadecimal digits
   * @return the changed page
   * @throws IllegalArgumentException if {@code hex} is something else, or the body is not asked for
   */
  public HttpPage withSha256(String hex) {
    return new HttpPage(method, path, statuses, headers, bodyPattern, new Digest("SHA-256", hex));
  }

  boolean readsBody() {
    return bodyPattern != null || digest != null;
  }

  /** The most that it reads of a body. */
  int maxBodyBytes() {
    return digest != null ? MAX_DIGESTED_BYTES : bodyPattern != null ? MAX_SEARCHED_BYTES : 0;
  }

  /** As ranges are written in reasons. */
  String expectedStatuses() {
    StringBuilder text = new StringBuilder();
    for (Status range : statuses) {
      text.append(text.isEmpty() ? "" : ", ").append(range);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(method == Method.GET ? "" : method + " ");
    text.append(path).append(" status ").append(expectedStatuses());
    headers.forEach(header -> text.append(" header ").append(header));
    if (bodyPattern != null) {
      text.append(" body ~ ").append(bodyPattern);
    }
    if (digest != null) {
      text.append(' ').append(digest);
    }
    return text.toString();
  }

  static void requireName(String name) {
    if (name.isEmpty() || HttpHeaderValidationUtil.validateToken(name) >= 0) {
      throw new IllegalArgumentException("header: " + name + " (expected: a header's name)");
    }
  }

  private static <T> List<T> and(List<T> list, T more) {
    List<T> all = new ArrayList<>(list);
    all.add(more);
    return all;
  }
}
