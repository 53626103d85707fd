package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.RealServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes a number from a file of this host: keepalived's FILE_CHECK. Number times factor is an
 * offset to the configured weight; with factor 0, the server is fit while the number is 0. A file
 * that is missing, cannot be read or holds anything but one whole number fails. Immutable.
 *
 * <p>The file is read at each run, by one of four threads that all file checks share, never on an
 * event loop. Where the file system hangs, its checks fail at their time-out, and the thread stays
 * until the read returns; a file that is being read is not read once more. When four files hang,
 * the others' checks find nothing, and their servers stay what they are.
 *
 * @param file which
 * @param factor -65535..65535
 */
public record FileCheck(Path file, int factor) implements HealthCheck {

  /**
   * Checks the factor.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public FileCheck {
    Objects.requireNonNull(file, "file");
    if (factor < -RealServer.MAX_WEIGHT || factor > RealServer.MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "factor: "
              + factor
              + " (expected: -"
              + RealServer.MAX_WEIGHT
              + ".."
              + RealServer.MAX_WEIGHT
              + ")");
    }
  }

  /**
   * A file that holds 0 while the server is fit.
   *
   * @param file which
   * @return the check
   */
  public static FileCheck of(Path file) {
    return new FileCheck(file, 0);
  }

  /**
   * With the number as an offset to the weight. What is beyond -65535..65535 then counts as the
   * nearest that is not, and the reason says so.
   *
   * @param by what it is multiplied by, -65535..65535; 0: it is no offset
   * @return the changed check
   * @throws IllegalArgumentException if it is out of range
   */
  public FileCheck times(int by) {
    return new FileCheck(file, by);
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public String toString() {
    return name() + ":" + file + (factor == 0 ? "" : " times " + factor);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return run(target, FileReads.SHARED);
  }

  CompletableFuture<CheckResult> run(CheckTarget target, FileReads reads) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    CompletableFuture<byte[]> content = new CompletableFuture<>();
    content.whenComplete((bytes, failure) -> result.complete(judge(bytes, failure)));
    FileReads.Read read = reads.read(file, content);
    Deadline.set(target, target.timeout(), result, () -> late(read, target));
    result.whenComplete((r, e) -> content.cancel(false));
    return result;
  }

  private static CheckResult late(FileReads.Read read, CheckTarget target) {
    return read.hasBegun()
        ? CheckConnection.late("not read", target.timeout())
        : CheckResult.none("no thread to read it, because other files hang");
  }

  CheckResult judge(byte @Nullable [] content, @Nullable Throwable failure) {
    if (content == null) {
      return judge(failure);
    }
    if (content.length > FileReads.MAX_BYTES) {
      return CheckResult.fail(
          "more than " + FileReads.MAX_BYTES + " bytes (expected: a whole number)");
    }
    String text = new String(content, StandardCharsets.ISO_8859_1).strip();
    try {
      return judge(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return CheckResult.fail(Wording.clean(text) + " (expected: a whole number)");
    }
  }

  private CheckResult judge(int value) {
    if (factor == 0) {
      return value == 0 ? CheckResult.pass("0") : CheckResult.fail(value + " (expected: 0)");
    }
    long product = (long) value * factor;
    int offset = (int) Math.max(-RealServer.MAX_WEIGHT, Math.min(RealServer.MAX_WEIGHT, product));
    return CheckResult.pass(
            value + " times " + factor + (offset == product ? "" : ", taken as " + offset))
        .with(new DynamicWeight(DynamicWeight.Kind.OFFSET, offset));
  }

  private static CheckResult judge(@Nullable Throwable failure) {
    if (failure instanceof NoSuchFileException) {
      return CheckResult.fail("no such file");
    }
    return failure instanceof IOException
        ? CheckResult.fail(failure.toString())
        : CheckResult.none(String.valueOf(failure));
  }
}
