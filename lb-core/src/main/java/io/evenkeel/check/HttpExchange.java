package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks for one page, and judges the answer as soon as it can be judged. */
final class HttpExchange extends ChannelInboundHandlerAdapter {
  /** A server that goes on with them will not answer. */
  private static final int MAX_INTERIM_ANSWERS = 10;

  /** As long as an answer's first line may be, and so its headers. Few servers send a tenth. */
  static final int MAX_HEAD_BYTES = 65_536;

  private final CheckTarget target;
  private final HttpPage page;
  private final FullHttpRequest request;
  private final Function<String, CheckResult> pass;
  private final CompletableFuture<CheckResult> result;
  private int interimAnswers;
  private int status;

  /** Kept while the body is read. */
  private @Nullable HttpBody body;

  /** {@code pass} makes the result of a page that is as expected. */
  HttpExchange(
      CheckTarget target,
      HttpPage page,
      FullHttpRequest request,
      Function<String, CheckResult> pass,
      CompletableFuture<CheckResult> result) {
    this.target = target;
    this.page = page;
    this.request = request;
    this.pass = pass;
    this.result = result;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(request, ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      // Decoded on after the result is there: what was read with the end of it.
      if (!result.isDone()) {
        read(message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(Object message) {
    if (message instanceof HttpResponse response) {
      read(response);
    }
    if (message instanceof HttpContent content && body != null) {
      read(content, body);
    }
  }

  private void read(HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail(
          isTooLong(response.decoderResult().cause())
              ? "a head of more than " + MAX_HEAD_BYTES + " bytes"
              : "an answer that is not HTTP");
    } else if (isInterim(response.status())) {
      interimAnswers++;
      if (interimAnswers > MAX_INTERIM_ANSWERS) {
        fail("more than " + MAX_INTERIM_ANSWERS + " interim answers");
      }
    } else {
      status = response.status().code();
      String complaint = complaint(response.headers());
      if (complaint != null) {
        fail(complaint);
      } else if (page.readsBody()) {
        readBody();
      } else {
        pass();
      }
    }
  }

  private void readBody() {
    try {
      body = new HttpBody(page);
    } catch (NoSuchAlgorithmException e) {
      result.complete(CheckResult.none(e.toString()));
    }
  }

  private void read(HttpContent content, HttpBody body) {
    if (content.decoderResult().isFailure()) {
      fail("a body that is not HTTP");
      return;
    }
    body.add(content.content());
    if (content instanceof LastHttpContent || body.isEnough()) {
      String complaint = body.complaint();
      if (complaint == null) {
        pass();
      } else {
        fail(complaint);
      }
    }
  }

  private @Nullable String complaint(HttpHeaders headers) {
    if (page.statuses().stream().noneMatch(range -> range.contains(status))) {
      return status + " (expected: " + page.expectedStatuses() + ")";
    }
    for (HttpPage.Header expected : page.headers()) {
      String complaint = complaint(expected, headers.getAll(expected.name()));
      if (complaint != null) {
        return complaint;
      }
    }
    return null;
  }

  private static @Nullable String complaint(HttpPage.Header expected, List<String> values) {
    try {
      for (String value : values) {
        if (Matching.isAll(value, expected.pattern())) {
          return null;
        }
      }
    } catch (Matching.GaveUpException e) {
      return expected.name() + " against " + expected.pattern() + ": " + e.getMessage();
    }
    String found = values.isEmpty() ? "none" : Wording.clean(values.get(0));
    return expected.name() + ": " + found + " (expected: " + expected.pattern() + ")";
  }

  private void pass() {
    result.complete(pass.apply(String.valueOf(status)));
  }

  private void fail(String reason) {
    result.complete(CheckResult.fail(reason));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(body == null ? "connection closed without an answer" : "connection closed in the body");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == CheckConnection.TIMED_OUT && body != null) {
      result.complete(CheckConnection.late(status + ", but no whole body", target.timeout()));
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    result.complete(CheckConnection.broken(cause));
  }

  private static boolean isTooLong(Throwable cause) {
    return cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
  }

  private static boolean isInterim(HttpResponseStatus status) {
    return status.codeClass() == HttpStatusClass.INFORMATIONAL
        && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
  }
}
