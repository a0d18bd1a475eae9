package dev.countersign.server.policy;

import dev.countersign.pki.NameKind;
import dev.countersign.server.access.Access;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.List;

/** {@code /v1/profiles}. */
public final class ProfileRoutes {
  private final Profiles profiles;
  private final Access access;

  public ProfileRoutes(Profiles profiles, Access access) {
    this.profiles = profiles;
    this.access = access;
  }

  record ProfileJson(
      String name,
      List<String> keyUsage,
      List<String> extendedKeyUsage,
      List<String> keyAlgorithms,
      Duration defaultLifetime,
      Duration maximumLifetime,
      List<String> nameKinds,
      boolean spiffeId,
      double renewAfter,
      Duration grace,
      List<String> copiedExtensions) {}

  record ProfilesJson(List<ProfileJson> items) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/profiles", this::list);
    endpoints.waiting(Method.GET, "/v1/profiles/{name}", this::get);
  }

  private void list(Call call) {
    access.operator(call.caller(), Access.READERS);
    Answers.json(
        call, 200, new ProfilesJson(profiles.all().stream().map(ProfileRoutes::json).toList()));
  }

  private void get(Call call) {
    access.operator(call.caller(), Access.READERS);
    Profile profile =
        profiles
            .find(call.pathParam("name"))
            .orElseThrow(
                () ->
                    new Refusal(
                        Kind.NOT_FOUND,
                        "There is no profile of this name: see those that there are (countersign"
                            + " profile list)."));
    Answers.json(call, 200, json(profile));
  }

  private static ProfileJson json(Profile profile) {
    return new ProfileJson(
        profile.name(),
        profile.keyUsage(),
        profile.extendedKeyUsage(),
        profile.keyAlgorithms(),
        profile.defaultLifetime(),
        profile.maximumLifetime(),
        profile.nameKinds().stream().map(NameKind::label).toList(),
        profile.spiffeId(),
        profile.renewAfter(),
        profile.grace(),
        profile.copiedExtensions());
  }
}
