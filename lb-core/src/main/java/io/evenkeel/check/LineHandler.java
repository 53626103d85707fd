package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Reads what a server says line by line, each byte as one character, and holds no more than one
 * line of bounded length. A line ends with CR, LF or both. Used on one event loop.
 */
abstract class LineHandler extends ChannelInboundHandlerAdapter {
  /** Twice what SMTP allows (RFC 5321, 4.5.3.1.5). */
  static final int MAX_LINE_BYTES = 1024;

  private final CompletableFuture<CheckResult> result;
  private final StringBuilder line = new StringBuilder();
  private boolean afterReturn;

  LineHandler(CompletableFuture<CheckResult> result) {
    this.result = result;
  }

  /** A whole line came, without what ended it. */
  abstract void line(ChannelHandlerContext ctx, String said);

  /** The server ended the connection after this, which no line end followed. */
  abstract void end(String said);

  final void decide(CheckResult decided) {
    result.complete(decided);
  }

  static void say(ChannelHandlerContext ctx, String text) {
    ctx.writeAndFlush(
        Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), ctx.channel().voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable() && !result.isDone()) {
        take(ctx, (char) bytes.readUnsignedByte());
      }
    } finally {
      bytes.release();
    }
  }

  private void take(ChannelHandlerContext ctx, char c) {
    boolean endsBoth = c == '\n' && afterReturn;
    afterReturn = c == '\r';
    if (endsBoth) {
      return;
    }
    if (c == '\r' || c == '\n') {
      String said = line.toString();
      line.setLength(0);
      line(ctx, said);
    } else if (line.length() < MAX_LINE_BYTES) {
      line.append(c);
    } else {
      decide(CheckResult.fail("a line of more than " + MAX_LINE_BYTES + " bytes"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!result.isDone()) {
      end(line.toString());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    decide(CheckConnection.broken(cause));
  }
}
