package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;

/** Fails a check whose server says more than any fit one would. First in the pipeline. */
final class ReadLimit extends ChannelInboundHandlerAdapter {
  private final long maxBytes;
  private final CompletableFuture<CheckResult> result;
  private long bytes;

  ReadLimit(long maxBytes, CompletableFuture<CheckResult> result) {
    this.maxBytes = maxBytes;
    this.result = result;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    bytes += ((ByteBuf) message).readableBytes();
    if (bytes <= maxBytes) {
      ctx.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      result.complete(CheckResult.fail("more than " + maxBytes + " bytes received"));
    }
  }
}
