package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.countersign.client.ClientException;
import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file system without room; skipped where the tests may not mount one. */
@ExtendWith(Sites.Shared.class)
class FullDiskTest {
  private static final int LOCAL_FILES = 7;
  private static final int HALTED = 70;

  private Site site = new Site(Path.of("none"));
  private boolean mounted;

  @BeforeEach
  void mount(Sites sites) throws Exception {
    site = sites.bare();
    mounted = succeeds("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", site.place().toString());
    assumeTrue(mounted, "needs the right to mount a file system");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(succeeds("umount", site.place().toString())).isTrue();
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Path ballast() {
    return site.place().resolve("ballast");
  }

  /** Leaves at most so many bytes. */
  private void fillUpTo(int left) throws IOException {
    byte[] page = new byte[4096];
    long room = Files.getFileStore(site.place()).getUsableSpace() - left;
    try (OutputStream out = Files.newOutputStream(ballast())) {
      for (long written = 0; written < room; written += page.length) {
        out.write(page);
      }
    }
  }

  /** What the server says last must not be lost for want of room. */
  private void logTo(Path file) throws IOException {
    Path log = Daemon.log(site.directory());
    Files.deleteIfExists(log);
    Files.createSymbolicLink(log, file);
  }

  @Test
  void init_makes_all_or_nothing() throws Exception {
    fillUpTo(64 * 1024);
    List<Integer> ports = Ports.free(3);
    String[] init = {
      "init",
      "--dir",
      site.directory().toString(),
      "--https-port",
      ports.get(0).toString(),
      "--http-port",
      ports.get(1).toString(),
      "--management-port",
      ports.get(2).toString()
    };
    assertThat(Program.inProcess(init).with(LOCAL_FILES).complaint())
        .contains("The disk is full", "make room");
    Files.delete(ballast());
    Site.parse(Program.inProcess(init).with(0).out().strip());
    Dialect made = site.stored(Database::dialect);
    assertThat(made).isEqualTo(Dialect.H2);
  }

  @Test
  void a_server_whose_disk_fills_up_halts_and_has_all_that_it_gave_out(
      Sites sites, @TempDir Path elsewhere) throws Exception {
    Sites.copyTree(sites.fresh().place(), site.place());
    logTo(elsewhere.resolve("log"));
    Daemon daemon = site.serve();
    Site.add(site.admin(), "filled");
    fillUpTo(256 * 1024);
    Burst burst = new Burst(Site.request("filled"));
    ExecutorService threads = Executors.newFixedThreadPool(Burst.CONNECTIONS);
    try {
      List<Future<?>> sent =
          burst.sendUntilFailure(threads, site.admin(), "filled", new CountDownLatch(0));
      Burst.finish(sent);
    } finally {
      threads.shutdownNow();
    }
    assertThat(daemon.ended()).isEqualTo(HALTED);
    assertThat(daemon.log()).contains("Halting", "The disk is full: make room");
    assertThat(burst.failed.values())
        .allSatisfy(
            e ->
                assertThat(e.kind())
                    .as(e.getMessage())
                    .isIn(ClientException.Kind.UNREACHABLE, ClientException.Kind.UNAVAILABLE));

    Program.Ended full =
        Program.run(Program.countersignd(List.of(), "serve", "--dir", site.directory().toString()));
    // Found when the database is opened, or at the first write
    assertThat(full.code()).as(full.err()).isIn(LOCAL_FILES, HALTED);
    assertThat(full.err()).contains("The disk is full: make room").doesNotContain("damaged");

    Files.delete(ballast());
    Map<String, String> certificates = new HashMap<>(burst.received);
    try (Daemon again = site.serve()) {
      certificates.putAll(burst.retried(site.admin(again.https())));
    }
    assertThat(site.storedSerials("filled"))
        .containsExactlyInAnyOrderElementsOf(certificates.values());
    assertThat(site.storedEvents("filled"))
        .containsExactlyInAnyOrderElementsOf(certificates.values());
  }
}
