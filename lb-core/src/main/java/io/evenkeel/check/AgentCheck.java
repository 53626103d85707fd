package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.RealServer;
import io.netty.channel.ChannelHandlerContext;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets a server tell its weight and its state: asks an agent that speaks HAProxy's agent-check
 * protocol (configuration manual, 5.2), most often at a port of its own ({@code
 * CheckSpec.of(AgentCheck.create()).port(9999)}). Immutable.
 *
 * <p>The agent answers a connection with one line of words, between them spaces, tabs or commas, in
 * upper or lower case. The last of a kind holds:
 *
 * <ul>
 *   <li>{@code 75%}: so many hundredths of the configured weight, from now on
 *   <li>{@code ready}, {@code drain}, {@code maint}: whether the server wants to work, from now on
 *   <li>{@code down}, {@code fail} (or {@code failed}), {@code stopped}: the check fails; the text
 *       after a {@code #} is its reason
 *   <li>{@code up}: the check passes
 *   <li>{@code maxconn:30}: not supported; has no effect, and the reason says so
 * </ul>
 *
 * <p>What a line leaves out stays as it was said before, as in HAProxy, except the state: a line
 * that says neither up nor down passes, for it came from an agent that works. In HAProxy a server
 * stays down until its agent says {@code up}. An agent that cannot be reached, or says something
 * else, fails the check; HAProxy leaves that to another check.
 *
 * @param send what the agent is told first, each character a byte, 0..1024 of them; empty: nothing
 */
public record AgentCheck(String send) implements HealthCheck {
  private static final int MAX_SEND = 1024;

  /**
   * Checks what is sent.
   *
   * @throws IllegalArgumentException if it is too long, or holds a character that is not a byte
   */
  public AgentCheck {
    if (send.length() > MAX_SEND || send.chars().anyMatch(c -> c > 0xff)) {
      throw new IllegalArgumentException(
          "send: " + Wording.clean(send) + " (expected: 0.." + MAX_SEND + " bytes)");
    }
  }

  /**
   * The check, which sends nothing.
   *
   * @return an agent check
   */
  public static AgentCheck create() {
    return new AgentCheck("");
  }

  /**
   * With something to send first, as HAProxy's {@code agent-send}.
   *
   * @param text what, as it is: with a line end if the agent reads a line
   * @return the changed check
   * @throws IllegalArgumentException if it is too long, or holds a character that is not a byte
   */
  public AgentCheck sending(String text) {
    return new AgentCheck(text);
  }

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String toString() {
    return name() + (send.isEmpty() ? "" : " send " + Wording.clean(send));
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CheckConnection.run(target, result -> new Listener(send, result));
  }

  /** What a line says, without its end. */
  static CheckResult judge(String line) {
    int sharp = line.indexOf('#');
    Words words = new Words();
    String unknown = words.take(sharp < 0 ? line : line.substring(0, sharp));
    if (unknown != null) {
      return CheckResult.fail(Wording.clean(unknown) + " (expected: " + Words.EXPECTED + ")");
    }
    String text = sharp < 0 ? "" : Wording.clean(line.substring(sharp + 1).strip());
    CheckResult result =
        words.down == null
            ? CheckResult.pass(Wording.clean(line.strip()) + words.unsupported)
            : CheckResult.fail(
                words.down + (text.isEmpty() ? "" : ": " + text) + words.unsupported);
    return new CheckResult(result.verdict(), result.reason(), words.weight, words.admin);
  }

  private static final class Words {
    static final String EXPECTED =
        "up, down, fail, stopped, ready, drain, maint, N% with N within 0..6553500, maxconn:N";

    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,7})%");
    private static final Pattern MAXCONN = Pattern.compile("maxconn:[0-9]+");
    private static final int MAX_PERCENT = 100 * RealServer.MAX_WEIGHT;

    @Nullable String down;
    @Nullable DynamicWeight weight;
    @Nullable AdminState admin;
    String unsupported = "";

    /** Gives the first that is not known; an empty one if there are none at all. */
    @Nullable String take(String words) {
      int known = 0;
      for (String word : words.split("[ \t,]", -1)) {
        if (!word.isEmpty()) {
          if (!isKnown(word.toLowerCase(Locale.ROOT))) {
            return word;
          }
          known++;
        }
      }
      return known == 0 ? "" : null;
    }

    private boolean isKnown(String word) {
      switch (word) {
        case "up" -> down = null;
        case "down", "fail", "failed", "stopped" -> down = word;
        case "ready" -> admin = AdminState.READY;
        case "drain" -> admin = AdminState.DRAIN;
        case "maint" -> admin = AdminState.MAINTENANCE;
        default -> {
          return isNumber(word);
        }
      }
      return true;
    }

    private boolean isNumber(String word) {
      if (MAXCONN.matcher(word).matches()) {
        unsupported = " (maxconn: not supported)";
        return true;
      }
      Matcher percent = PERCENT.matcher(word);
      if (!percent.matches() || Integer.parseInt(percent.group(1)) > MAX_PERCENT) {
        return false;
      }
      weight = new DynamicWeight(DynamicWeight.Kind.PERCENT, Integer.parseInt(percent.group(1)));
      return true;
    }
  }

  static final class Listener extends LineHandler {
    private final String send;

    Listener(String send, CompletableFuture<CheckResult> result) {
      super(result);
      this.send = send;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (!send.isEmpty()) {
        say(ctx, send);
      }
    }

    @Override
    void line(ChannelHandlerContext ctx, String said) {
      decide(judge(said));
    }

    @Override
    void end(String said) {
      decide(
          said.isEmpty() ? CheckResult.fail("connection closed without an answer") : judge(said));
    }
  }
}
