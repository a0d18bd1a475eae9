package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.RefusedException;
import dev.countersign.client.Renewal;
import java.nio.file.Path;
import java.util.Optional;

/** A service's whole life: enrolled, renewed by both proofs, checked by a stranger, thrown out. */
final class Story {
  private Story() {}

  static void of(String identity, Site site, Daemon daemon) throws Exception {
    OperatorApi admin = site.admin(daemon.https());
    Relying relying = new Relying(daemon.http());
    Site.add(admin, identity);
    CredentialFolder folder = site.folder(identity);
    Credential first = Site.enroll(Site.string(admin, identity), folder);
    Credential second = Site.renew(folder, Renewal.Proof.SIGNED_REQUEST);
    Credential third = Site.renew(folder, Renewal.Proof.MUTUAL_TLS);
    assertThat(Site.serials(admin, identity))
        .containsExactly(Site.serial(third), Site.serial(second), Site.serial(first));
    relying.saysGood(third);
    verifiedByOpenssl(third);
    String issued = admin.issueCertificate(Site.request(identity), identity).serial();
    admin.revokeCertificate(issued, new Answers.RevokeRequest("superseded", Optional.empty()));
    admin.revokeIdentity(identity, new Answers.RevokeRequest("keyCompromise", Optional.empty()));
    relying.soonSaysRevoked(third);
    assertThatThrownBy(() -> Site.renew(folder, Renewal.Proof.SIGNED_REQUEST))
        .isInstanceOf(RefusedException.class);
  }

  private static void verifiedByOpenssl(Credential credential) throws Exception {
    Path folder = credential.folder();
    assertThat(
            Relying.openssl(
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-CAfile",
                folder.resolve(CredentialFolder.TRUST).toString(),
                "-CRLfile",
                folder.resolve(CredentialFolder.CRL).toString(),
                "-untrusted",
                folder.resolve(CredentialFolder.CHAIN).toString(),
                folder.resolve(CredentialFolder.CERTIFICATE).toString()))
        .contains("OK");
  }
}
