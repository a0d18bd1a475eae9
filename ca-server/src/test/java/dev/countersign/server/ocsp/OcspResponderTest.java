package dev.countersign.server.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.IssuerFacts;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asked and read with Bouncy Castle, which shares nothing with what answers. */
class OcspResponderTest {
  private static final String SHA_1 = "1.3.14.3.2.26";
  private static final String SHA_256 = "2.16.840.1.101.3.4.2.1";

  @TempDir static Path home;
  private static TestAuthority ca;
  private static SerialNumber good;
  private static SerialNumber revoked;
  private static SerialNumber held;

  @BeforeAll
  static void issue() {
    ca = TestAuthority.create(home);
    ca.responders.start();
    Identity identity = ca.identity("orders", Names.none());
    good = ca.issue(identity).certificate().serial();
    revoked = ca.issue(identity).certificate().serial();
    held = ca.issue(identity).certificate().serial();
    ca.revocations.revoke(
        revoked, RevocationReason.UNSPECIFIED, Optional.empty(), TestAuthority.actor());
    ca.revocations.hold(held, TestAuthority.actor());
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static CertID id(String hash, IssuerFacts issuer, BigInteger serial) {
    String name = hash.equals(SHA_1) ? "SHA-1" : "SHA-256";
    return new CertID(
        new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash), DERNull.INSTANCE),
        new DEROctetString(OcspIssuer.digest(name, issuer.subject())),
        new DEROctetString(OcspIssuer.digest(name, issuer.keyBits())),
        new ASN1Integer(serial));
  }

  private static CertID id(SerialNumber serial) {
    return id(SHA_1, ca.hierarchy.issuing().facts(), serial.toBigInteger());
  }

  private static byte[] request(Extension[] extensions, CertID... ids) {
    ASN1EncodableVector list = new ASN1EncodableVector();
    for (CertID id : ids) {
      list.add(new Request(id, null));
    }
    return request(extensions, new DERSequence(list));
  }

  private static byte[] request(Extension[] extensions, DERSequence list) {
    try {
      Extensions all = extensions.length == 0 ? null : new Extensions(extensions);
      return new OCSPRequest(new TBSRequest((GeneralName) null, list, all), null).getEncoded("DER");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] request(CertID... ids) {
    return request(new Extension[0], ids);
  }

  private static Extension nonce(int length) {
    try {
      byte[] value = new DEROctetString(new byte[length]).getEncoded();
      return new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static OcspAnswer ask(byte[] request) {
    return ca.askOcsp("issuing-1", request);
  }

  private static BasicOCSPResp read(OcspAnswer answer) throws Exception {
    OCSPResp response = new OCSPResp(answer.der());
    assertThat(response.getStatus()).isZero();
    assertThat(response.toASN1Structure().getEncoded("DER")).isEqualTo(answer.der());
    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
    var signer =
        basic.getCerts().length == 0
            ? ca.hierarchy.issuing().facts().publicKey()
            : CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(basic.getCerts()[0].getEncoded()))
                .getPublicKey();
    assertThat(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(signer)))
        .isTrue();
    return basic;
  }

  private static SingleResp only(OcspAnswer answer) throws Exception {
    BasicOCSPResp basic = read(answer);
    assertThat(basic.getResponses()).hasSize(1);
    return basic.getResponses()[0];
  }

  /** The status of an answer without one: RFC 6960 4.2.1. */
  private static int failure(OcspAnswer answer) throws Exception {
    assertThat(answer.cacheable()).isFalse();
    assertThat(answer.nextUpdate()).isEmpty();
    return new OCSPResp(answer.der()).getStatus();
  }

  @Test
  void a_good_certificate_is_good_until_the_next_update() throws Exception {
    OcspAnswer answer = ask(request(id(good)));
    SingleResp single = only(answer);
    assertThat(single.getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(single.getNextUpdate().toInstant()).isEqualTo(answer.nextUpdate().orElseThrow());
    assertThat(Duration.between(single.getThisUpdate().toInstant(), answer.nextUpdate().get()))
        .isEqualTo(Duration.ofHours(1));
    assertThat(answer.cacheable()).isTrue();
  }

  @Test
  void unspecified_is_no_reason_and_a_hold_is_one() throws Exception {
    RevokedStatus unspecified = (RevokedStatus) only(ask(request(id(revoked)))).getCertStatus();
    assertThat(unspecified.hasRevocationReason()).isFalse();
    RevokedStatus hold = (RevokedStatus) only(ask(request(id(held)))).getCertStatus();
    assertThat(hold.getRevocationReason()).isEqualTo(RevocationReason.CERTIFICATE_HOLD.code());
  }

  @Test
  void a_serial_that_was_never_issued_is_unknown_and_not_kept_by_caches() throws Exception {
    OcspAnswer answer = ask(request(id(SerialNumber.random(TestAuthority.random()))));
    assertThat(only(answer).getCertStatus()).isInstanceOf(UnknownStatus.class);
    assertThat(answer.cacheable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "-604462909807314587353088",
        "1461501637330902918203684832716283019655932542976"
      })
  void a_serial_that_cannot_be_issued_is_unknown(BigInteger serial) throws Exception {
    OcspAnswer answer = ask(request(id(SHA_1, ca.hierarchy.issuing().facts(), serial)));
    assertThat(only(answer).getCertStatus()).isInstanceOf(UnknownStatus.class);
  }

  @Test
  void several_are_answered_in_the_order_asked() throws Exception {
    OcspAnswer answer = ask(request(id(held), id(good), id(revoked), id(good)));
    assertThat(answer.cacheable()).isFalse();
    assertThat(Arrays.stream(read(answer).getResponses()).map(r -> r.getCertID().getSerialNumber()))
        .containsExactly(
            held.toBigInteger(), good.toBigInteger(), revoked.toBigInteger(), good.toBigInteger());
  }

  @Test
  void sixteen_are_answered_at_once_and_seventeen_are_too_many() throws Exception {
    CertID[] most = new CertID[16];
    Arrays.fill(most, id(good)); // looked up once, and answered as often as asked
    most[3] = id(revoked);
    most[15] = id(SerialNumber.random(TestAuthority.random()));
    SingleResp[] answers = read(ask(request(most))).getResponses();
    assertThat(answers).hasSize(16);
    assertThat(answers[3].getCertStatus()).isInstanceOf(RevokedStatus.class);
    assertThat(answers[15].getCertStatus()).isInstanceOf(UnknownStatus.class);
    for (int i : new int[] {0, 1, 2, 4, 14}) {
      assertThat(answers[i].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    }
    CertID[] more = Arrays.copyOf(most, 17);
    more[16] = id(good);
    assertThat(failure(ask(request(more)))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {SHA_1, SHA_256})
  void a_CertID_is_repeated_as_it_was_with_and_without_parameters(String hash) throws Exception {
    CertID with = id(hash, ca.hierarchy.issuing().facts(), good.toBigInteger());
    CertID without =
        new CertID(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash)),
            with.getIssuerNameHash(),
            with.getIssuerKeyHash(),
            with.getSerialNumber());
    for (CertID id : new CertID[] {with, without}) {
      SingleResp single = only(ask(request(id)));
      assertThat(single.getCertStatus()).isEqualTo(CertificateStatus.GOOD);
      assertThat(single.getCertID().toASN1Primitive().getEncoded("DER"))
          .isEqualTo(id.getEncoded("DER"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 32, 128})
  void a_nonce_is_repeated_and_makes_an_answer_for_one(int length) throws Exception {
    OcspAnswer answer = ask(request(new Extension[] {nonce(length)}, id(good)));
    assertThat(read(answer).getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce))
        .isEqualTo(nonce(length));
    assertThat(answer.cacheable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 129})
  void a_nonce_that_is_empty_or_too_long_is_malformed(int length) throws Exception {
    assertThat(failure(ask(request(new Extension[] {nonce(length)}, id(good))))).isEqualTo(1);
  }

  @Test
  void a_nonce_that_is_no_octet_string_is_malformed() throws Exception {
    Extension bare =
        new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new byte[] {1, 2, 3});
    assertThat(failure(ask(request(new Extension[] {bare}, id(good))))).isEqualTo(1);
  }

  @Test
  void an_unknown_extension_is_passed_over_unless_it_is_critical() throws Exception {
    ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier("1.2.3.4");
    Extension harmless = new Extension(oid, false, new byte[] {5, 0});
    assertThat(only(ask(request(new Extension[] {harmless}, id(good)))).getCertStatus())
        .isEqualTo(CertificateStatus.GOOD);
    Extension critical = new Extension(oid, true, new byte[] {5, 0});
    assertThat(failure(ask(request(new Extension[] {critical}, id(good))))).isEqualTo(1);
  }

  @Test
  void another_issuers_certificate_is_none_of_ours() throws Exception {
    IssuerFacts stranger = InMemory.hierarchy(KeyAlgorithm.P256).issuing().facts();
    CertID strange = id(SHA_1, stranger, good.toBigInteger());
    assertThat(failure(ask(request(strange)))).isEqualTo(6);
    BasicOCSPResp mixed = read(ask(request(strange, id(good))));
    assertThat(mixed.getResponses()[0].getCertStatus()).isInstanceOf(UnknownStatus.class);
    assertThat(mixed.getResponses()[1].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(failure(ca.askOcsp("issuing-9", request(id(good))))).isEqualTo(6);
    assertThat(failure(ca.askOcsp("root-1", request(id(good))))).isEqualTo(6);
  }

  @Test
  void an_unknown_hash_is_none_of_ours() throws Exception {
    CertID id = id(good);
    CertID odd =
        new CertID(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.113549.2.5")),
            id.getIssuerNameHash(),
            id.getIssuerKeyHash(),
            id.getSerialNumber());
    assertThat(failure(ask(request(odd)))).isEqualTo(6);
  }

  @Test
  void what_is_no_request_is_malformed() throws Exception {
    byte[] right = request(id(good));
    assertThat(failure(ask(new byte[0]))).isEqualTo(1);
    assertThat(failure(ask(Arrays.copyOf(right, right.length + 1)))).isEqualTo(1);
    assertThat(failure(ask(Arrays.copyOf(right, right.length - 1)))).isEqualTo(1);
    assertThat(failure(ask(request(new Extension[0], new DERSequence())))).isEqualTo(1);
    assertThat(failure(ask(new byte[OcspResponder.LONGEST_REQUEST + 1]))).isEqualTo(1);
    assertThat(failure(ask(HexFormat.of().parseHex("3080308030800000000000")))).isEqualTo(1);
    assertThat(failure(OcspResponder.malformed())).isEqualTo(1);
  }

  @Test
  void a_request_in_a_path_may_be_encoded_for_it_or_not() {
    byte[] request = request(id(good));
    String base64 = Base64.getEncoder().encodeToString(request);
    assertThat(OcspResponder.decodePath(base64)).contains(request);
    assertThat(OcspResponder.decodePath(URLEncoder.encode(base64, StandardCharsets.UTF_8)))
        .contains(request);
    assertThat(OcspResponder.decodePath("")).isEmpty();
    assertThat(OcspResponder.decodePath("%")).isEmpty();
    assertThat(OcspResponder.decodePath("not base64!")).isEmpty();
  }

  @Test
  void the_responder_renews_itself_and_until_then_the_issuing_CA_signs() throws Exception {
    Instant before = ca.clock.instant();
    Certificate first = signer(ask(request(id(good))));
    try {
      ca.clock.advance(Duration.ofDays(6)); // the window is open, the certificate still good
      assertThat(signer(ask(request(id(good))))).isNotNull();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !first.equals(signer(ask(request(id(good))))));
      ca.clock.advance(Duration.ofDays(30)); // over before anyone asked
      read(ask(request(id(good))));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> read(ask(request(id(good)))).getCerts().length == 1);
    } finally {
      ca.clock.set(before);
    }
  }

  private static Certificate signer(OcspAnswer answer) throws Exception {
    return Certificate.parse(read(answer).getCerts()[0].getEncoded());
  }
}
