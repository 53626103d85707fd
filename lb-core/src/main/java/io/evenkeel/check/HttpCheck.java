package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Passes when all pages, asked for one after the other over HTTP/1.1 (RFC 9112), are as expected.
 * Each has a connection of its own, and all together have the check's time. Interim answers (1xx
 * but 101; RFC 9110, 15.2) are not judged, and a body is only read if something is expected of it.
 * Immutable.
 *
 * @param pages what is asked for and expected, 1 or more
 * @param host the Host header; null: the server's endpoint
 * @param tls how HTTPS is spoken (RFC 9110, 4.2.2); null: HTTP is
 * @param headers what requests carry besides, by name in lower case; the values are shown nowhere
 */
public record HttpCheck(
    List<HttpPage> pages, @Nullable String host, @Nullable Tls tls, Map<String, String> headers)
    implements HealthCheck {

  /** Room for what HTTP and TLS put around an answer's head and the parts of its body. */
  private static final int MAX_SURROUNDINGS_BYTES = 4 * HttpExchange.MAX_HEAD_BYTES;

  /**
   * Checks pages, host and headers.
   *
   * @throws IllegalArgumentException if there are no pages, {@code host} holds white space, or a
   *     header is not valid, there twice in different case, or one that the check sends itself
   */
  public HttpCheck {
    pages = List.copyOf(pages);
    if (pages.isEmpty()) {
      throw new IllegalArgumentException("pages: none (expected: 1 or more)");
    }
    if (host != null && !host.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("host: " + host + " (expected: no white space)");
    }
    Map<String, String> checked = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = checkedName(name, value);
          if (checked.put(lower, value) != null) {
            throw new IllegalArgumentException(
                "header: " + lower + " twice (expected: once, whatever its case)");
          }
        });
    headers = Map.copyOf(checked);
  }

  /**
   * Passes on status 200..299.
   *
   * @param path what is asked for, with a leading slash
   * @return the check
   * @throws IllegalArgumentException if {@code path} is not valid
   */
  public static HttpCheck get(String path) {
    return of(HttpPage.get(path));
  }

  /**
   * Passes when all these pages are as expected.
   *
   * @param pages in the order in which they are asked for
   * @return the check
   * @throws IllegalArgumentException if there are none
   */
  public static HttpCheck of(HttpPage... pages) {
    return new HttpCheck(List.of(pages), null, null, Map.of());
  }

  /**
   * With one more page, after the others.
   *
   * @param page what is asked for and expected
   * @return the changed check
   */
  public HttpCheck and(HttpPage page) {
    List<HttpPage> all = new ArrayList<>(pages);
    all.add(page);
    return new HttpCheck(all, host, tls, headers);
  }

  /**
   * With another Host header.
   *
   * @param name what is sent
   * @return the changed check
   * @throws IllegalArgumentException if it holds white space
   */
  public HttpCheck withHost(String name) {
    return new HttpCheck(pages, name, tls, headers);
  }

  /**
   * Over HTTPS.
   *
   * @param settings how
   * @return the changed check
   */
  public HttpCheck withTls(Tls settings) {
    return new HttpCheck(pages, host, settings, headers);
  }

  /**
   * With another range of statuses that pass, on all pages.
   *
   * @param lowest 100..599
   * @param highest lowest..599
   * @return the changed check
   * @throws IllegalArgumentException if the range is not valid
   */
  public HttpCheck withStatus(int lowest, int highest) {
    return withPages(page -> page.withStatus(lowest, highest));
  }

  /**
   * With a header in the requests, {@code authorization} for instance.
   *
   * @param name the header's; case does not count
   * @param value is sent, and shown nowhere
   * @return the changed check
   * @throws IllegalArgumentException if it is not a header, or one that the check sends itself
   */
  public HttpCheck withRequestHeader(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new HttpCheck(pages, host, tls, more);
  }

  private HttpCheck withPages(UnaryOperator<HttpPage> change) {
    return new HttpCheck(pages.stream().map(change).toList(), host, tls, headers);
  }

  private static String checkedName(String name, String value) {
    HttpPage.requireName(name);
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("host")
        || lower.equals("connection")
        || lower.equals("content-length")
        || lower.equals("transfer-encoding")) {
      throw new IllegalArgumentException(
          "header: " + lower + " (expected: none that the check sends itself)");
    }
    if (HttpHeaderValidationUtil.validateValidHeaderValue(value) >= 0) {
      throw new IllegalArgumentException(
          "header " + lower + ": (not shown) (expected: a header's value)");
    }
    return lower;
  }

  @Override
  public String name() {
    return tls == null ? "http" : "https";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name()).append(':');
    for (int i = 0; i < pages.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(pages.get(i));
    }
    if (host != null) {
      text.append(" host ").append(host);
    }
    if (tls != null) {
      text.append(' ').append(tls);
    }
    new TreeMap<>(headers).keySet().forEach(name -> text.append(" with ").append(name));
    return text.toString();
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return check(0, target, System.nanoTime());
  }

  /** From this page on. */
  private CompletionStage<CheckResult> check(int index, CheckTarget target, long startNanos) {
    HttpPage page = pages.get(index);
    CompletableFuture<CheckResult> one =
        CheckConnection.run(
            target,
            System.nanoTime() - startNanos,
            Ending.Order.PEER_FIRST,
            result -> pipeline(page, target, result));
    if (pages.size() == 1) {
      return one;
    }
    return one.thenCompose(
        result -> {
          if (result.verdict() != CheckResult.Verdict.PASSED) {
            return CompletableFuture.completedFuture(
                new CheckResult(
                    result.verdict(), page.path() + ": " + result.reason(), null, null));
          }
          return index + 1 < pages.size()
              ? check(index + 1, target, startNanos)
              : CompletableFuture.completedFuture(
                  CheckResult.pass(pages.size() + " pages, the last: " + result.reason()));
        });
  }

  ChannelHandler pipeline(
      HttpPage page, CheckTarget target, CompletableFuture<CheckResult> result) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        Function<String, CheckResult> pass = CheckResult::pass;
        if (tls != null) {
          // Twice the body: parts of it may come in records of their own.
          long maxBytes = MAX_SURROUNDINGS_BYTES + 2L * page.maxBodyBytes();
          pass =
              TlsHandshake.addTo(channel.pipeline(), tls, List.of(), target, maxBytes, result)
                  ::pass;
        }
        channel
            .pipeline()
            .addLast(
                new HttpClientCodec(
                    new HttpDecoderConfig()
                        .setMaxInitialLineLength(HttpExchange.MAX_HEAD_BYTES)
                        .setMaxHeaderSize(HttpExchange.MAX_HEAD_BYTES),
                    HttpClientCodec.DEFAULT_PARSE_HTTP_AFTER_CONNECT_REQUEST,
                    HttpClientCodec.DEFAULT_FAIL_ON_MISSING_RESPONSE),
                new HttpExchange(target, page, request(page, target), pass, result));
      }
    };
  }

  private FullHttpRequest request(HttpPage page, CheckTarget target) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(page.method().name()), page.path());
    request
        .headers()
        .set(HttpHeaderNames.HOST, host != null ? host : target.endpoint().toString())
        .set(HttpHeaderNames.USER_AGENT, "evenkeel")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    headers.forEach(request.headers()::set);
    return request;
  }
}
