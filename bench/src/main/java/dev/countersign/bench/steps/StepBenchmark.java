package dev.countersign.bench.steps;

import dev.countersign.bench.operations.Subjects;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Json;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PreparedJson;
import dev.countersign.server.authority.TrustBundleJson;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.issuance.CsrPayload;
import dev.countersign.server.issuance.IssuedJson;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.lint.LintedDraft;
import dev.countersign.server.policy.ApprovedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The steps that ask no database, on one thread, in the order in which a request meets them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class StepBenchmark {
  private Corridor corridor;
  private byte[] body;
  private String pem;
  private byte[] info;
  private byte[] keyInfo;
  private byte[] signature;
  private CertificateRequest request;
  private ApprovedRequest approved;
  private LintedDraft draft;
  private RecordedCertificate recorded;
  private IssuedJson.Companion companion;

  @Setup
  public void prepare() throws IOException, InvalidRequestException, MalformedDerException {
    corridor = new Corridor(Optional.empty());
    Subjects subjects = new Subjects(1, new SecureRandom());
    pem = subjects.requestPem(0);
    body = Json.MAPPER.writeValueAsString(Map.of("csr", pem)).getBytes(StandardCharsets.UTF_8);
    split(subjects.request(0));
    request = CertificateRequest.verified(pem);
    approved = corridor.approve(request);
    draft = corridor.draft(approved);
    recorded = corridor.issue(request);
    StringBuilder lists = new StringBuilder();
    corridor.lists().forEach(list -> lists.append(Pem.encode("X509 CRL", list)));
    companion =
        new IssuedJson.Companion(
            PreparedJson.of(Certificate.toPem(recorded.issuers())),
            PreparedJson.of(TrustBundleJson.of(corridor.hierarchy())),
            PreparedJson.of(new IssuedJson.DenialsJson(0, lists.toString(), List.of())));
  }

  /** RFC 2986 4.2. */
  private void split(byte[] der) throws MalformedDerException {
    DerReader outer = DerReader.of(der).sequence();
    int from = outer.offset();
    DerReader inner = outer.sequence();
    info = Arrays.copyOfRange(der, from, outer.offset());
    outer.skip();
    signature = outer.bitStringOctets();
    inner.skip();
    inner.skip();
    keyInfo = inner.element();
  }

  @TearDown
  public void close() throws IOException {
    corridor.close();
  }

  /** The JSON of a request with a CSR in it. */
  @Benchmark
  public CsrPayload step1ReadBody() {
    return JsonBody.parse(body, CsrPayload.class);
  }

  /** PEM, strict DER, and the signature, which is also measured by itself. */
  @Benchmark
  public CertificateRequest step2ReadAndCheckCsr() throws InvalidRequestException {
    return CertificateRequest.verified(pem);
  }

  /**
   * The public key out of its encoding, and the signature with it: what of step 2 is bare
   * cryptography.
   */
  @Benchmark
  public boolean step2aOfWhichSignature() throws GeneralSecurityException {
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(keyInfo));
    Signature verifier = Signature.getInstance(KeyAlgorithm.P256.signatureName());
    verifier.initVerify(key);
    verifier.update(info);
    return verifier.verify(signature);
  }

  /** Every rule of policy. */
  @Benchmark
  public ApprovedRequest step3Approve() {
    return corridor.approve(request);
  }

  /** The bytes to be signed, and every lint over them, which is also measured by itself. */
  @Benchmark
  public LintedDraft step4Draft() {
    return corridor.draft(approved);
  }

  /** Every lint. */
  @Benchmark
  public LintedDraft step4aOfWhichLint() {
    return corridor.lint(draft.tbs());
  }

  /** The signature and the certificate around it. */
  @Benchmark
  public Certificate step5Sign() {
    return corridor.issuer().sign(draft);
  }

  /** The answer: JSON with the certificate, its chain and lists in PEM. */
  @Benchmark
  public byte[] step6Answer() {
    return Answers.bytes(IssuedJson.of(recorded, issuers -> companion));
  }
}
