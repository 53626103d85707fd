package io.evenkeel.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** As much of a body as is needed to judge it: what is searched is kept, the rest digested. */
final class HttpBody {
  /** A part costs as much as this many bytes do; a server may say one byte in each. */
  private static final int PART_BYTES = 256;

  /** So many may be small. */
  private static final int MAX_SMALL_PARTS = 20_000;

  private final HttpPage page;
  private final @Nullable MessageDigest digest;
  private final ByteArrayOutputStream searched = new ByteArrayOutputStream();
  private long bytes;
  private int parts;

  /** Throws if this JVM does not have the digest. */
  HttpBody(HttpPage page) throws NoSuchAlgorithmException {
    this.page = page;
    digest = page.digest() == null ? null : MessageDigest.getInstance(page.digest().algorithm());
  }

  /** Takes a part of it, which stays the caller's. */
  void add(ByteBuf part) {
    bytes += part.readableBytes();
    parts++;
    if (page.bodyPattern() != null) {
      int wanted = Math.min(part.readableBytes(), HttpPage.MAX_SEARCHED_BYTES - searched.size());
      try {
        part.getBytes(part.readerIndex(), searched, wanted);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (digest != null && !isTooLong()) {
      for (var buffer : part.nioBuffers()) {
        digest.update(buffer);
      }
    }
  }

  /** Whether it can be judged without the rest. */
  boolean isEnough() {
    return isTooLong()
        || isInCrumbs()
        || (digest == null && searched.size() == HttpPage.MAX_SEARCHED_BYTES);
  }

  private boolean isTooLong() {
    return digest != null && bytes > HttpPage.MAX_DIGESTED_BYTES;
  }

  private boolean isInCrumbs() {
    return parts > MAX_SMALL_PARTS && bytes / parts < PART_BYTES;
  }

  /** What is wrong with it; null: nothing. Once, when it is all there or enough of it is. */
  @Nullable String complaint() {
    if (isTooLong()) {
      return "a body of more than " + HttpPage.MAX_DIGESTED_BYTES + " bytes";
    }
    if (isInCrumbs()) {
      return "a body of " + bytes + " bytes in " + parts + " parts";
    }
    HttpPage.Digest expected = page.digest();
    if (digest != null && expected != null) {
      String hex = ByteBufUtil.hexDump(digest.digest());
      if (!hex.equals(expected.hex())) {
        return expected.algorithm() + " " + hex + " (expected: " + expected.hex() + ")";
      }
    }
    String pattern = page.bodyPattern();
    return pattern == null ? null : notFound(pattern);
  }

  private @Nullable String notFound(String pattern) {
    try {
      return Matching.isIn(searched.toString(StandardCharsets.UTF_8), pattern)
          ? null
          : "no match in "
              + (searched.size() == HttpPage.MAX_SEARCHED_BYTES
                  ? "the first " + searched.size() + " bytes of "
                  : "")
              + "the body (expected: "
              + pattern
              + ")";
    } catch (Matching.GaveUpException e) {
      return "searching the body for " + pattern + ": " + e.getMessage();
    }
  }
}
