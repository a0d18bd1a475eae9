package dev.countersign.server.identity;

import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Caller;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.JsonBody;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
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
    endpoints.waiting(HandlerType.GET, "/v1/identities", this::list);
    endpoints.waiting(HandlerType.POST, "/v1/identities", this::add);
    endpoints.waiting(HandlerType.GET, "/v1/identities/{name}", this::get);
    endpoints.waiting(HandlerType.PATCH, "/v1/identities/{name}", this::update);
    endpoints.waiting(HandlerType.POST, "/v1/identities/{name}/restore", this::restore);
  }

  private void list(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    Parameters.only(ctx, Set.of("state", "limit", "cursor"));
    IdentityFilter filter =
        new IdentityFilter(Parameters.word(ctx, "state", Identity.State::parse));
    Page page = new Page(Parameters.limit(ctx), Parameters.cursor(ctx));
    Answers.json(ctx, 200, identities.list(filter, page).map(IdentityJson::of));
  }

  private void add(Context ctx) {
    Operator operator = access.operator(Caller.of(ctx), Access.WRITERS);
    NewIdentityBody body = JsonBody.read(ctx, NewIdentityBody.class);
    Optional<Role> role = body.role().map(IdentityRoutes::role);
    operator.mayTouch(role);
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
            operator.actor());
    ctx.header("Location", "/v1/identities/" + identity.name());
    Answers.json(ctx, 201, IdentityJson.of(identity));
  }

  private void get(Context ctx) {
    access.operator(Caller.of(ctx), Access.READERS);
    Answers.json(ctx, 200, IdentityJson.of(existing(ctx)));
  }

  private void update(Context ctx) {
    Operator operator = access.operator(Caller.of(ctx), Access.WRITERS);
    ChangeBody body = JsonBody.read(ctx, ChangeBody.class);
    Identity before = existing(ctx);
    operator.mayTouch(before.role());
    Optional<RoleChange> role = body.role().map(IdentityRoutes::roleChange);
    role.ifPresent(change -> operator.mayTouch(change.to()));
    Identity after =
        identities.update(
            before.name(),
            new IdentityChange(
                body.profile(), role, body.owner(), body.names().map(names -> names.names("/names"))),
            operator.actor());
    Answers.json(ctx, 200, IdentityJson.of(after));
  }

  private void restore(Context ctx) {
    Operator operator = access.operator(Caller.of(ctx), Access.WRITERS);
    Identity before = existing(ctx);
    operator.mayTouch(before.role());
    Answers.json(
        ctx, 200, IdentityJson.of(identities.restore(before.name(), operator.actor())));
  }

  private Identity existing(Context ctx) {
    String name = ctx.pathParam("name");
    return identities.find(name).orElseThrow(() -> Identities.unknown(name));
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
