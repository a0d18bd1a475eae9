package dev.countersign.stacks.netty;

import dev.countersign.client.tls.TlsMaterial;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Right behind the TLS of one connection: nothing passes before the peer is checked. */
final class PeerGate extends ChannelDuplexHandler {
  private enum State {
    WAITING,
    OPEN,
    SHUT
  }

  private final TlsMaterial material;
  private final SSLEngine engine;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private @Nullable PendingWriteQueue waiting;

  PeerGate(TlsMaterial material, SSLEngine engine) {
    this.material = material;
    this.engine = engine;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    waiting = new PendingWriteQueue(context);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    Object passed = event;
    if (event instanceof SslHandshakeCompletionEvent handshake && state.get() == State.WAITING) {
      if (handshake.isSuccess()) {
        passed = admit(context, handshake);
      } else {
        shut(handshake.cause());
      }
    }
    context.fireUserEventTriggered(passed);
    if (state.get() == State.OPEN) {
      letWaitingPass(context);
    } else if (passed != event) {
      context.close();
    }
  }

  private SslHandshakeCompletionEvent admit(
      ChannelHandlerContext context, SslHandshakeCompletionEvent handshake) {
    Channel channel = context.channel();
    try {
      TlsMaterial.Admission admission =
          material.check(
              engine,
              () -> {
                state.set(State.SHUT);
                channel.close();
              });
      state.compareAndSet(State.WAITING, State.OPEN); // unless it was cut meanwhile
      channel.closeFuture().addListener(closed -> admission.close());
      return handshake;
    } catch (SSLException e) {
      shut(e);
      context.fireExceptionCaught(e);
      return new SslHandshakeCompletionEvent(e);
    }
  }

  private void shut(Throwable why) {
    state.set(State.SHUT);
    PendingWriteQueue writes = waiting;
    waiting = null;
    if (writes != null) {
      writes.removeAndFailAll(why);
    }
  }

  private void letWaitingPass(ChannelHandlerContext context) {
    PendingWriteQueue writes = waiting;
    waiting = null;
    if (writes != null && !writes.isEmpty()) {
      writes.removeAndWriteAll();
      context.flush();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (state.get() == State.OPEN) {
      context.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      context.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
    PendingWriteQueue writes = waiting;
    if (state.get() == State.SHUT) {
      ReferenceCountUtil.release(message);
      written.tryFailure(new ClosedChannelException());
    } else if (writes != null) {
      writes.add(message, written);
    } else {
      context.write(message, written);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    shut(new ClosedChannelException());
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (state.get() == State.WAITING) {
      shut(new SSLException("The check of the peer was taken out of the pipeline"));
      context.close();
    }
  }
}
