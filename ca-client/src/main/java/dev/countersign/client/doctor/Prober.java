package dev.countersign.client.doctor;

import dev.countersign.client.doctor.Seen.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * Shakes hands, record by record, and notes how it ends. In TLS 1.3 a server judges the client's
 * certificate only after the client has finished. So we say goodbye at once: whatever comes back
 * first was sent after that judgement.
 */
final class Prober {
  /** How long to wait: for a connection, for a whole visit, and for a server that may be silent. */
  record Limits(Duration connect, Duration visit, Duration settle) {
    static final Limits USUAL =
        new Limits(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofMillis(700));
  }

  /**
   * @param protocols to offer; those of this Java if empty
   * @param otherName to ask for, in place of the host's
   */
  record Offer(List<String> protocols, Optional<String> otherName) {
    static final Offer USUAL = new Offer(List.of(), Optional.empty());
  }

  // RFC 8446 6.2, as JSSE writes them
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z0-9_]+)");

  // RFC 8446 5.1: the first octet of a record, from change_cipher_spec to application_data
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;

  /** What came first is no record. */
  private static final class NoTlsException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final String host;
  private final int port;
  private final Limits limits;

  Prober(String host, int port, Limits limits) {
    this.host = host;
    this.port = port;
    this.limits = limits;
  }

  /** With the sessions of this recorder, if it has been on a visit before. */
  Seen visit(Recorder recorder, Offer offer) {
    Seen seen = once(recorder, offer, false);
    if (seen.completed() && seen.ending() == Ending.HUNG_UP) {
      // That may be its way to say goodbye: without ours, only who refuses hangs up
      return once(new Recorder(recorder), offer, true);
    }
    return seen;
  }

  /** The same without a goodbye: for a session that is to be resumed, and for one that is. */
  Seen waiting(Recorder recorder, Offer offer) {
    return once(recorder, offer, true);
  }

  private Seen once(Recorder recorder, Offer offer, boolean waits) {
    recorder.forget();
    AtomicBoolean late = new AtomicBoolean();
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        return Seen.nothing(Ending.UNREACHABLE, "the host name is not known here");
      }
      try {
        socket.connect(address, (int) limits.connect().toMillis());
      } catch (IOException e) {
        return Seen.nothing(Ending.UNREACHABLE, String.valueOf(e.getMessage()));
      }
      closeAfter(limits.visit(), socket, late);
      SSLEngine engine = recorder.context().createSSLEngine(host, port);
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      if (!offer.protocols().isEmpty()) {
        parameters.setProtocols(offer.protocols().toArray(new String[0]));
      }
      offer.otherName().ifPresent(n -> parameters.setServerNames(List.of(new SNIHostName(n))));
      engine.setSSLParameters(parameters);
      return new Talk(socket, engine, recorder, waits).hold(late);
    } catch (IOException e) {
      return Seen.nothing(Ending.UNREACHABLE, String.valueOf(e.getMessage()));
    }
  }

  private static void closeAfter(Duration longest, Socket socket, AtomicBoolean late) {
    // A thread of its own: those that all share may be waiting, perhaps for this
    CompletableFuture.delayedExecutor(
            longest.toMillis(),
            TimeUnit.MILLISECONDS,
            work -> {
              Thread thread = new Thread(work, "countersign-doctor-limit");
              thread.setDaemon(true);
              thread.start();
            })
        .execute(
            () -> {
              try {
                late.set(true);
                socket.close();
              } catch (IOException e) {
                // then it is closed
              }
            });
  }

  /** One connection. */
  private final class Talk {
    private final Socket socket;
    private final SSLEngine engine;
    private final Recorder recorder;
    private final boolean waits;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final ByteBuffer data;
    private boolean completed;
    private boolean first = true;

    Talk(Socket socket, SSLEngine engine, Recorder recorder, boolean waits) {
      this.socket = socket;
      this.engine = engine;
      this.recorder = recorder;
      this.waits = waits;
      // Twice, since what a server sends at the end of a handshake may be larger than a record
      this.in = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize()).flip();
      this.out = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
      this.data = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize());
    }

    Seen hold(AtomicBoolean late) {
      String detail = "";
      Ending ending;
      try {
        socket.setSoTimeout((int) limits.visit().toMillis());
        engine.beginHandshake();
        ending = shake();
        if (completed) {
          ending = end();
        }
      } catch (NoTlsException e) {
        ending = Ending.NOT_TLS;
      } catch (SSLException e) {
        Matcher alert = ALERT.matcher(String.valueOf(e.getMessage()));
        boolean alerted = alert.find();
        detail = alerted ? alert.group(1) : String.valueOf(e.getMessage());
        ending = alerted ? Ending.ALERT : Ending.OUR_FAILURE;
      } catch (SocketTimeoutException e) {
        ending = Ending.TOO_SLOW;
      } catch (IOException e) {
        ending = late.get() ? Ending.TOO_SLOW : Ending.HUNG_UP;
      }
      return Sight.of(recorder, engine, completed, ending, detail);
    }

    private Ending shake() throws IOException {
      while (true) {
        HandshakeStatus status = engine.getHandshakeStatus();
        switch (status) {
          case NEED_TASK -> tasks();
          case NEED_WRAP -> send();
          case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
            SSLEngineResult result = receive();
            if (result == null || result.getStatus() == Status.CLOSED) {
              return Ending.HUNG_UP;
            }
          }
          default -> {
            completed = true;
            return Ending.QUIET;
          }
        }
      }
    }

    private Ending end() throws IOException {
      if (waits) {
        socket.setSoTimeout((int) limits.settle().toMillis());
      } else {
        engine.closeOutbound();
        while (!engine.isOutboundDone() && send() > 0) {
          // until our goodbye is out
        }
      }
      try {
        while (true) {
          SSLEngineResult result = receive();
          if (result == null) {
            return Ending.HUNG_UP;
          }
          if (result.getStatus() == Status.CLOSED) {
            return Ending.POLITE;
          }
          tasks();
          if (result.bytesConsumed() > 0) {
            return Ending.WELCOMED; // a session ticket (RFC 8446 4.6.1), or data
          }
        }
      } catch (SocketTimeoutException e) {
        return Ending.QUIET;
      }
    }

    private void tasks() {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    }

    /** Who has been refused cannot send any more, and may yet learn why. */
    private int send() throws SSLException {
      out.clear();
      SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
      try {
        socket.getOutputStream().write(out.array(), 0, out.position());
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // what is there to be read will tell
      }
      return result.bytesProduced();
    }

    /** The next record; null if there is none any more. */
    private @org.jspecify.annotations.Nullable SSLEngineResult receive() throws IOException {
      while (true) {
        data.clear();
        SSLEngineResult result = engine.unwrap(in, data);
        if (result.getStatus() != Status.BUFFER_UNDERFLOW) {
          return result;
        }
        in.compact();
        if (!in.hasRemaining()) {
          throw new SSLException("a record larger than any that is allowed");
        }
        InputStream stream = socket.getInputStream();
        int read;
        try {
          read = stream.read(in.array(), in.position(), in.remaining());
        } finally {
          in.flip();
        }
        if (read < 0) {
          return null;
        }
        in.limit(in.limit() + read);
        if (first && (in.get(0) < FIRST_TYPE || in.get(0) > LAST_TYPE)) {
          throw new NoTlsException();
        }
        first = false;
      }
    }
  }
}
