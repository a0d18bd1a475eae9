package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * HAProxy's runtime API, "set ssl …" and "commit ssl …" of its management guide: what it has loaded
 * from the folder is replaced in its memory, without a reload.
 */
final class HaproxyRuntime {
  private static final int MOST_ANSWERED = 1 << 20;

  /** What it calls a kind of file, and what in the folder it is. */
  private record Kind(Part part, String word, String file) {}

  // The lists first: whom they refuse must not come in with what else is new
  private static final List<Kind> KINDS =
      List.of(
          new Kind(Part.LISTS, "crl-file", CredentialFolder.CRL),
          new Kind(Part.TRUST, "ca-file", CredentialFolder.TRUST),
          new Kind(Part.CERTIFICATE, "cert", CredentialFolder.COMBINED));

  private final String socket;
  private final Duration longest;

  /**
   * @param socket a path, or {@code HOST:PORT}
   */
  HaproxyRuntime(String socket, Duration longest) {
    this.socket = socket;
    this.longest = longest;
  }

  /** What has changed, and nothing else: each makes HAProxy build its contexts anew. */
  void load(Path folder, Credential credential, Set<Part> changed) throws HookFailedException {
    try {
      int found = 0;
      for (Kind kind : KINDS) {
        Path name = folder.resolve("current").resolve(kind.file());
        if (changed.contains(kind.part()) && isLoaded(kind, name)) {
          replace(kind, name, Files.readString(credential.folder().resolve(kind.file())));
          found++;
        }
      }
      if (found == 0) {
        throw new HookFailedException(
            "HAProxy at "
                + socket
                + " has loaded no file of "
                + folder.resolve("current")
                + " that has changed. Name them in its configuration: crl-file "
                + folder.resolve("current").resolve(CredentialFolder.CRL));
      }
    } catch (IOException e) {
      throw new HookFailedException(
          "HAProxy at "
              + socket
              + " could not be asked: "
              + Printable.line(String.valueOf(e.getMessage()))
              + ". It needs  stats socket "
              + socket
              + " level admin  in its global section.",
          e);
    }
  }

  private boolean isLoaded(Kind kind, Path name) throws IOException {
    return ask("show ssl " + kind.word())
        .lines()
        .map(line -> line.replaceFirst(" - [0-9]+ certificate.*", "").strip())
        .anyMatch(name.toString()::equals);
  }

  private void replace(Kind kind, Path name, String pem) throws IOException, HookFailedException {
    String set = ask("set ssl " + kind.word() + " " + name + " <<\n" + compact(pem));
    String committed = ask("commit ssl " + kind.word() + " " + name);
    if (!committed.contains("Success")) {
      ask("abort ssl " + kind.word() + " " + name);
      throw new HookFailedException(
          "HAProxy did not take "
              + name
              + ": "
              + Printable.line((set.strip() + " " + committed.strip()).strip())
              + ". If it is larger than tune.bufsize, raise that, or use --signal USR2 with the pid"
              + " file of its master.");
    }
  }

  /** An empty line would be the end of it. */
  private static String compact(String pem) {
    return pem.replaceAll("\n\\s*\n", "\n").strip() + "\n";
  }

  private String ask(String command) throws IOException {
    SocketAddress address = address();
    try (SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open()) {
      CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> closeQuietly(channel));
      channel.connect(address); // which waits where too many wait before
      ByteBuffer out = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer in = ByteBuffer.allocate(8192);
      while (channel.read(in) >= 0 && answer.size() < MOST_ANSWERED) {
        answer.write(in.array(), 0, in.position());
        in.clear();
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private SocketAddress address() {
    int colon = socket.lastIndexOf(':');
    return socket.startsWith("/") || colon < 0
        ? UnixDomainSocketAddress.of(socket)
        : new InetSocketAddress(
            socket.substring(0, colon), Integer.parseInt(socket.substring(colon + 1)));
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }
}
