package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One call of grpc.health.v1.Health/Check (gRPC over HTTP/2, PROTOCOL-HTTP2.md). */
final class GrpcExchange extends Http2ChannelDuplexHandler {
  private static final String PATH = "/grpc.health.v1.Health/Check";
  private static final String CONTENT_TYPE = "application/grpc";
  private static final String H2 = "h2";
  private static final int MAX_HEADER_LIST_BYTES = 8192;

  /** An answer takes some hundred bytes. */
  private static final int MAX_RECEIVED_BYTES = 65_536;

  /** A timeout has at most eight digits. */
  private static final long MAX_TIMEOUT = 99_999_999;

  private static final String[] CODES = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED"
  };

  private final GrpcCheck check;
  private final CheckTarget target;
  private final @Nullable TlsHandshake tls;
  private final Function<String, CheckResult> pass;
  private final CompletableFuture<CheckResult> result;
  private final ByteBuf message = Unpooled.buffer();
  private @Nullable Http2FrameStream stream;
  private boolean speaksHttp2;
  private boolean answered;

  /** What the frame that was read last has brought to light; null: not all yet. */
  private @Nullable CheckResult found;

  private GrpcExchange(
      GrpcCheck check,
      CheckTarget target,
      @Nullable TlsHandshake tls,
      CompletableFuture<CheckResult> result) {
    this.check = check;
    this.target = target;
    this.tls = tls;
    this.pass = tls == null ? CheckResult::pass : tls::pass;
    this.result = result;
  }

  /**
   * Does nothing.
   *
   * @throws NoClassDefFoundError if the jar is missing
   */
  static void requireHttp2() {
    Http2Settings.defaultSettings();
  }

  /** What a check's channel gets. */
  static final class Pipeline extends ChannelInitializer<Channel> {
    private final GrpcCheck check;
    private final CheckTarget target;
    private final CompletableFuture<CheckResult> result;

    Pipeline(GrpcCheck check, CheckTarget target, CompletableFuture<CheckResult> result) {
      this.check = check;
      this.target = target;
      this.result = result;
    }

    @Override
    protected void initChannel(Channel channel) {
      ChannelPipeline pipeline = channel.pipeline();
      TlsHandshake handshake = null;
      if (check.tls() == null) {
        pipeline.addLast(new ReadLimit(MAX_RECEIVED_BYTES, result));
      } else {
        handshake =
            TlsHandshake.addTo(
                pipeline, check.tls(), List.of(H2), target, MAX_RECEIVED_BYTES, result);
      }
      Http2FrameCodec codec =
          Http2FrameCodecBuilder.forClient()
              .initialSettings(
                  Http2Settings.defaultSettings()
                      .pushEnabled(false)
                      .maxHeaderListSize(MAX_HEADER_LIST_BYTES))
              .build();
      pipeline.addLast(codec, new GrpcExchange(check, target, handshake, result));
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (tls != null && !tls.protocol().equals(H2)) {
      result.complete(
          CheckResult.fail(
              "ALPN: " + (tls.protocol().isEmpty() ? "none" : tls.protocol()) + " (expected: h2)"));
      return;
    }
    stream = newStream();
    ctx.write(new DefaultHttp2HeadersFrame(request(), false).stream(stream));
    ctx.writeAndFlush(
        new DefaultHttp2DataFrame(GrpcMessage.request(check.service()), true).stream(stream));
  }

  private Http2Headers request() {
    String authority = check.authority();
    long millis = Math.min(Math.max(1, target.timeout().toMillis()), MAX_TIMEOUT);
    return new DefaultHttp2Headers()
        .method("POST")
        .scheme(check.tls() == null ? "http" : "https")
        .path(PATH)
        .authority(authority != null ? authority : target.endpoint().toString())
        .set("te", "trailers")
        .set("content-type", CONTENT_TYPE)
        .set("user-agent", "evenkeel")
        .set("grpc-timeout", millis + "m");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      if (!result.isDone()) {
        read(frame);
        if (found != null) {
          // Before the connection's end (RFC 9113, 6.8), which completing the result begins.
          ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
          result.complete(found);
        }
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void read(Object frame) {
    if (frame instanceof Http2SettingsFrame) {
      speaksHttp2 = true;
    } else if (frame instanceof Http2HeadersFrame headers) {
      read(headers.headers(), headers.isEndStream());
    } else if (frame instanceof Http2DataFrame data) {
      read(data.content(), data.isEndStream());
    } else if (frame instanceof Http2ResetFrame reset) {
      fail("stream reset: " + nameOf(reset.errorCode()));
    } else if (frame instanceof Http2GoAwayFrame goAway && !isAnswered(goAway)) {
      fail("connection given up: " + nameOf(goAway.errorCode()));
    }
  }

  private void read(Http2Headers headers, boolean isEnd) {
    if (!answered) {
      String status = String.valueOf(headers.status());
      if (status.startsWith("1") && !isEnd) {
        return;
      }
      answered = true;
      if (!status.equals("200")) {
        fail("HTTP status " + Wording.clean(status) + " (expected: 200)");
        return;
      }
      String type = String.valueOf(headers.get("content-type"));
      if (!type.startsWith(CONTENT_TYPE)) {
        fail("content-type: " + Wording.clean(type) + " (expected: " + CONTENT_TYPE + ")");
        return;
      }
    }
    if (isEnd) {
      end(headers);
    }
  }

  private void read(ByteBuf data, boolean isEnd) {
    if (message.readableBytes() + data.readableBytes()
        > GrpcMessage.PREFIX_BYTES + GrpcMessage.MAX_BYTES) {
      fail("a message of more than " + GrpcMessage.MAX_BYTES + " bytes");
    } else if (isEnd) {
      fail("no grpc-status");
    } else {
      message.writeBytes(data);
    }
  }

  private void end(Http2Headers trailers) {
    CharSequence code = trailers.get("grpc-status");
    if (code == null) {
      fail("no grpc-status");
    } else if (!code.toString().equals("0")) {
      CharSequence words = trailers.get("grpc-message");
      fail(
          "grpc-status "
              + nameOf(code.toString())
              + (words == null ? "" : ": " + Wording.clean(words)));
    } else {
      judge();
    }
  }

  private void judge() {
    if (message.readableBytes() < GrpcMessage.PREFIX_BYTES) {
      fail("no message");
      return;
    }
    boolean isCompressed = message.readByte() != 0;
    int length = message.readInt();
    String status =
        isCompressed || length != message.readableBytes() ? null : GrpcMessage.status(message);
    if (status == null) {
      fail("a message that is not a health check's");
    } else if (status.equals("SERVING")) {
      found = pass.apply(status);
    } else {
      fail(status + " (expected: SERVING)");
    }
  }

  /** Whether the server will still answer what it was asked. */
  private boolean isAnswered(Http2GoAwayFrame goAway) {
    return goAway.errorCode() == Http2Error.NO_ERROR.code()
        && stream != null
        && goAway.lastStreamId() >= stream.id();
  }

  private static String nameOf(long http2Error) {
    Http2Error error = Http2Error.valueOf(http2Error);
    return error == null ? "error " + http2Error : error.name();
  }

  private static String nameOf(String code) {
    for (int i = 0; i < CODES.length; i++) {
      if (code.equals(String.valueOf(i))) {
        return i + " " + CODES[i];
      }
    }
    return Wording.clean(code);
  }

  private void fail(String reason) {
    found = CheckResult.fail(reason);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    result.complete(CheckResult.fail("connection closed without an answer"));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    result.complete(
        !(cause instanceof Http2Exception) && !(cause instanceof Http2FrameStreamException)
            ? CheckConnection.broken(cause)
            : CheckResult.fail(
                speaksHttp2
                    ? "HTTP/2: " + Wording.clean(String.valueOf(cause.getMessage()))
                    : "an answer that is not HTTP/2"));
  }
}
