package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The root's key is taken away; all of daily work goes on, and the key that was taken is good. */
@ExtendWith(Sites.Shared.class)
class WithoutRootKeyTest {

  @Test
  void all_but_a_new_issuing_ca_works_and_the_copy_is_the_key(Sites sites) throws Exception {
    Site site = sites.fresh();
    String directory = site.directory().toString();
    Path key = site.directory().resolve("keys/root-1.pem");
    Path copy = site.place().resolve("root.pem");
    Program.inProcess("root", "export", "--dir", directory, "--to", copy.toString()).with(0);
    assertThat(Files.getPosixFilePermissions(copy))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(key).exists();
    Program.inProcess("root", "remove", "--dir", directory, "--copy", copy.toString()).with(0);
    assertThat(key).doesNotExist();
    assertThat(
            Program.inProcess("root", "export", "--dir", directory, "--to", copy + ".2")
                .with(7)
                .complaint())
        .contains("root-1", "not on this machine");

    try (Daemon daemon = site.serve()) {
      Story.of("rootless", site, daemon);
      assertThat(new Relying(daemon.http()).crl("root-1").getRevokedCertificates()).isNull();
    }
    // A lost key of its own listener is no loss: it makes another
    Path own = site.directory().resolve("keys/https.pem");
    String text = Files.readString(own);
    Files.writeString(own, text.substring(0, text.length() / 3));
    try (Daemon daemon = site.serve()) {
      assertThat(Files.readString(own)).isNotEqualTo(text).contains("BEGIN CERTIFICATE");
      Story.of("rootless-too", site, daemon);
      assertThat(site.admin().authority("root-1").keyPresent()).isFalse();
      assertThat(keyOfCopy(site, copy))
          .isEqualTo(keyOf(site.folder("rootless-too").path().resolve("current/trust.pem")));
    }
  }

  /** By OpenSSL, as someone would who has the copy and the passphrase and not this program. */
  private static String keyOfCopy(Site site, Path copy) throws Exception {
    Path passphrase = site.directory().resolve("passphrase");
    return Relying.openssl(
        "pkey", "-in", copy.toString(), "-passin", "file:" + passphrase, "-pubout");
  }

  private static String keyOf(Path certificate) throws Exception {
    return Relying.openssl("x509", "-in", certificate.toString(), "-noout", "-pubkey");
  }
}
