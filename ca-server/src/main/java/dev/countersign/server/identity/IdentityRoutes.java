package dev.countersign.server.identity;

import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.http.ActJson;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/identities}. */
public final class IdentityRoutes {
  private static final String DEFAULT_PROFILE = "peer";
  private static final String NO_ROLE = "none";

  private final Identities identities;
  private final Access access;

  public IdentityRoutes(Identities identities, Access access) {
    this.identities = identities;
    this.access = access;
  }

  record NewIdentityBody(
      String name,
      Optional<String> profile,
      Optional<String> role,
      Optional<String> owner,
      Optional<NamesJson> names) {}

  record ChangeBody(
      Optional<String> profile,
      Optional<String> role,
      Optional<String> owner,
      Optional<NamesJson> names) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/identities", this::list);
    endpoints.waiting(Method.POST, "/v1/identities", this::add);
    endpoints.waiting(Method.GET, "/v1/identities/{name}", this::get);
    endpoints.waiting(Method.PATCH, "/v1/identities/{name}", this::update);
    endpoints.waiting(Method.POST, "/v1/identities/{name}/restore", this::restore);
  }

  private void list(Call call) {
    access.operator(call.caller(), Access.READERS);
    Parameters.only(call, Set.of("state", "limit", "cursor"));
    IdentityFilter filter =
        new IdentityFilter(Parameters.word(call, "state", Identity.State::parse));
    Page page = new Page(Parameters.limit(call), Parameters.cursor(call));
    Answers.json(call, 200, identities.list(filter, page).map(IdentityJson::of));
  }

  private void add(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    NewIdentityBody body = JsonBody.read(call, NewIdentityBody.class);
    Optional<Role> role = body.role().map(IdentityRoutes::role);
    Identity identity =
        identities.add(
            new NewIdentity(
                body.name(),
                body.profile().orElse(DEFAULT_PROFILE),
                role,
                body.owner(),
                body.names()
                    .map(names -> names.names("/names"))
                    .orElseGet(dev.countersign.pki.Names::none)),
            operator);
    call.header("Location", "/v1/identities/" + identity.name());
    Answers.json(call, 201, IdentityJson.of(identity));
  }

  private void get(Call call) {
    access.operator(call.caller(), Access.READERS);
    String name = call.pathParam("name");
    Identity identity = identities.find(name).orElseThrow(() -> Identities.unknown(name));
    Answers.json(call, 200, IdentityJson.of(identity));
  }

  private void update(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    ChangeBody body = JsonBody.read(call, ChangeBody.class);
    Identity after =
        identities.update(
            call.pathParam("name"),
            new IdentityChange(
                body.profile(),
                body.role().map(IdentityRoutes::roleChange),
                body.owner(),
                body.names().map(names -> names.names("/names"))),
            operator);
    Answers.json(call, 200, IdentityJson.of(after));
  }

  private void restore(Call call) {
    Operator operator = access.operator(call.caller(), Access.WRITERS);
    Act<Identity> act = identities.restore(call.pathParam("name"), operator);
    Answers.json(call, 200, new ActJson(IdentityJson.of(act.result()), act.changed()));
  }

  private static RoleChange roleChange(String text) {
    return new RoleChange(text.equals(NO_ROLE) ? Optional.empty() : Optional.of(role(text)));
  }

  private static Role role(String text) {
    try {
      return Role.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.at(Kind.MALFORMED, "/role", e.getMessage() + ".");
    }
  }
}
