package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Notices;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.Revoked;
import dev.countersign.client.TrustUpdate;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An issuing CA is thrown out: strangers refuse what it certified, and take what was renewed. */
@ExtendWith(Sites.Shared.class)
class RevokedAuthorityTest {
  private static final int USAGE = 2;
  private static final int REFUSED = 3;

  @Test
  void what_it_certified_is_refused_until_it_is_renewed(Sites sites) throws Exception {
    Site site = sites.fresh();
    CredentialFolder folder = site.folder("orders");
    List<Certificate> certifiedByTheStolen;
    try (Daemon daemon = site.serve()) {
      OperatorApi admin = site.admin();
      Site.add(admin, "orders");
      Site.add(admin, "billing");
      Site.enroll(Site.string(admin, "billing"), site.folder("billing"));
      Credential credential = Site.enroll(Site.string(admin, "orders"), folder);
      keep(site, credential, "before");
      certifiedByTheStolen = credential.fullChain();
      assertThat(verify(site, "before", crls(site, daemon, "issuing-1"))).endsWith("OK");
    }

    revoke(site, "issuing-1", "--reason", "certificateHold").with(USAGE);
    revoke(site, "issuing-9", "--reason", "cACompromise").with(REFUSED);
    assertThat(revoke(site, "issuing-1", "--reason", "cACompromise").with(0).err())
        .contains("issuing-1 is revoked", "issuing-2 issues", "countersign renew --force");

    try (Daemon daemon = site.serve()) {
      assertThat(ready(daemon)).isEqualTo(200);
      Path own = site.directory().resolve("keys/https.pem");
      assertThat(Relying.openssl("x509", "-in", own.toString(), "-noout", "-issuer"))
          .as("the listener's own certificate")
          .contains("Issuing CA 2");
      X509CRL list = new Relying(daemon.http()).crl("root-1");
      assertThat(list.getRevokedCertificates()).hasSize(1);
      assertThat(verify(site, "before", crls(site, daemon, "issuing-1")))
          .contains("certificate revoked");
      assertThat(ocsp(site, daemon, "-sha1")).contains(": revoked", "Response verify OK");
      assertThat(ocsp(site, daemon, "-sha256")).contains(": revoked", "Reason: cACompromise");

      Credential renewed = Site.renew(folder, Renewal.Proof.SIGNED_REQUEST);
      keep(site, renewed, "after");
      assertThat(renewed.certificate().issuer()).contains("Issuing CA 2");
      assertThat(verify(site, "after", crls(site, daemon, "issuing-2"))).endsWith("OK");
      Credential again = Site.renew(folder, Renewal.Proof.MUTUAL_TLS);
      assertThat(again.certificate().issuer()).contains("Issuing CA 2");
      Credential updated =
          new TrustUpdate(Site.CLOCK, Site.RANDOM, Notices.NONE)
              .update(folder, Patience.DEFAULT)
              .credential();
      for (Credential knows : List.of(renewed, again, updated)) {
        assertThat(knows.revocationLists().revoked(certifiedByTheStolen).flatMap(Revoked::ca))
            .as("which CA above the old certificate is known to be revoked")
            .hasValueSatisfying(ca -> assertThat(ca).contains("Issuing CA 1"));
      }

      // Nobody told this one, but it fetches lists
      new TrustUpdate(Site.CLOCK, Site.RANDOM, Notices.NONE)
          .update(site.folder("billing"), Patience.DEFAULT);
      Renewal.Renewed byItself =
          new Renewal(Site.CLOCK, Site.RANDOM, Notices.NONE)
              .renew(site.folder("billing"), Renewal.Options.USUAL);
      assertThat(byItself.renewed()).isTrue();
      assertThat(byItself.credential().certificate().issuer()).contains("Issuing CA 2");

      Site.renew(site.folder("admin"), Renewal.Proof.SIGNED_REQUEST);
      OperatorApi admin = site.admin();
      Answers.Authority revoked = admin.authority("issuing-1");
      assertThat(revoked.state()).isEqualTo("revoked");
      assertThat(revoked.revocationReason()).contains("cACompromise");
      assertThat(revoked.revokedAt()).isPresent();
      assertThat(admin.authority("issuing-2").state()).isEqualTo("active");
    }
  }

  private static Program.Ended revoke(Site site, String name, String... more) {
    var command =
        new ArrayList<>(
            List.of(
                "authority",
                "revoke",
                name,
                "--dir",
                site.directory().toString(),
                "--i-understand-that-all-its-certificates-fall"));
    command.addAll(List.of(more));
    return Program.inProcess(command.toArray(String[]::new));
  }

  private static void keep(Site site, Credential credential, String name) throws IOException {
    Path current = credential.folder();
    for (String file :
        new String[] {
          CredentialFolder.CERTIFICATE, CredentialFolder.CHAIN, CredentialFolder.TRUST
        }) {
      Files.copy(current.resolve(file), site.place().resolve(name + "-" + file));
    }
  }

  /** The lists that are served now, of the root and this issuing CA, in one file. */
  private static Path crls(Site site, Daemon daemon, String issuing) throws Exception {
    StringBuilder pem = new StringBuilder();
    for (String issuer : new String[] {"root-1", issuing}) {
      pem.append("-----BEGIN X509 CRL-----\n")
          .append(
              Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(new Relying(daemon.http()).crl(issuer).getEncoded()))
          .append("\n-----END X509 CRL-----\n");
    }
    return Files.writeString(site.place().resolve("crls.pem"), pem);
  }

  private static String verify(Site site, String name, Path crls) throws Exception {
    Process process =
        new ProcessBuilder(
                "openssl",
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-CAfile",
                site.place().resolve(name + "-" + CredentialFolder.TRUST).toString(),
                "-CRLfile",
                crls.toString(),
                "-untrusted",
                site.place().resolve(name + "-" + CredentialFolder.CHAIN).toString(),
                site.place().resolve(name + "-" + CredentialFolder.CERTIFICATE).toString())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes()).strip();
  }

  private static String ocsp(Site site, Daemon daemon, String hash) throws Exception {
    String trust = site.place().resolve("before-" + CredentialFolder.TRUST).toString();
    return Relying.openssl(
        "ocsp",
        hash,
        "-issuer",
        trust,
        "-cert",
        site.place().resolve("before-" + CredentialFolder.CHAIN).toString(),
        "-CAfile",
        trust,
        "-no_nonce",
        "-url",
        daemon.http().resolve("/ocsp/root-1").toString());
  }

  private static int ready(Daemon daemon) throws Exception {
    URI readyz = daemon.management().resolve("/readyz");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(readyz).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
