package dev.countersign.client.doctor;

import java.util.List;

/** All of them, in the order in which they are told. A new one is a class and a line here. */
final class Checks {
  static final List<Check> ALL =
      List.of(
          new ServerChecks.Unreachable(),
          new ServerChecks.NoTls(),
          new ServerChecks.NothingShared(),
          new ServerChecks.Intercepted(),
          new ServerChecks.Malformed(),
          new ServerChecks.ServerKeyMismatch(),
          new KeyChecks.KeyMismatch(),
          new KeyChecks.WrongAlias(),
          new ChainChecks.Expired(),
          new ChainChecks.NotYetValid(),
          new ClockChecks.Skew(),
          new ChainChecks.IntermediateNotSent(),
          new ChainChecks.RootNotLoaded(),
          new StoreChecks.BundleBehind(),
          new ChainChecks.WrongUsage(),
          new ChainChecks.WrongName(),
          new ChainChecks.OnAList(),
          new ChainChecks.EndsBeforeLeaf(),
          new ServerChecks.NotReloaded(),
          new HandshakeChecks.NotAsked(),
          new HandshakeChecks.NotRequired(),
          new HandshakeChecks.IssuersForeign(),
          new HandshakeChecks.IssuersEmpty(),
          new HandshakeChecks.KeyKindNotAsked(),
          new HandshakeChecks.VerificationOff(),
          new DenialChecks.DeniedButAccepted(),
          new DenialChecks.ResumedAlthoughDenied(),
          new DenialChecks.NotAllowedButAccepted(),
          new ListChecks.Missing(),
          new ListChecks.Expired(),
          new ListChecks.Unreachable(),
          new StoreChecks.UnknownAlgorithms(),
          new StoreChecks.WrongPassword(),
          new StoreChecks.NothingTrusted(),
          new StoreChecks.Unreadable(),
          new HandshakeChecks.Refused());

  private Checks() {}
}
