-- Runs unchanged on H2 2.4 (MODE=PostgreSQL, lower case) and on PostgreSQL.
-- Lists are paged by a number that only grows, newest first: rows and most index entries are then appended, which is what both
-- engines do fastest. H2 keeps an index of its own for each foreign key; the two tables that every issuance writes to have none,
-- what they refer to is locked by the recording transaction. Times are UTC with microseconds.

-- One row for each thing that must be decided by one transaction at a time, on whatever node: whoever takes power away
-- (a revocation, an admin's role) locks 'revocation' first, and so numbers its revocations in the order of their commits.
create table guard (
  name varchar(32) primary key,
  last_number bigint not null
);
insert into guard (name, last_number) values ('revocation', 0);
-- How many revocations there ever were: their numbers have gaps.
insert into guard (name, last_number) values ('denials', 0);
-- Whoever commits events has locked this one since before they were numbered: so they are numbered in the order of the commits,
-- and who reads on from the last one seen misses none.
insert into guard (name, last_number) values ('event', 0);
-- An embedded database counts its groups of writes, and the newest number that anybody was told of stands in a file beside it.
insert into guard (name, last_number) values ('commit', 0);
-- Up to this certificate.number retry keys are forgotten, but for those of enrolments, which last as long as these.
insert into guard (name, last_number) values ('retry', 0);

-- How many rows cleaning has ever removed of what must otherwise be complete: more that are missing were lost.
create table removed (
  what varchar(16) primary key,
  number bigint not null
);
insert into removed (what, number) values ('denials', 0);
insert into removed (what, number) values ('certificates', 0);
insert into removed (what, number) values ('events', 0);

-- Work that one node of several does at a time: until then it is the holder's, by the database's clock, which they share.
create table lease (
  name varchar(64) primary key,
  holder varchar(64) not null, -- drawn by a node when it starts
  held_until timestamp with time zone not null
);

create table authority (
  name varchar(64) primary key,
  kind varchar(16) not null check (kind in ('root', 'issuing')),
  certificate bytea not null,
  state varchar(16) not null,
  created_at timestamp with time zone not null,
  crl_number bigint not null default 0 -- of its newest list
);

-- That a root has revoked a CA, with its OCSP answers for those who name its key by SHA-1 or SHA-256: signed when it was
-- revoked, because the root's key is far away when they are asked for.
create table authority_revocation (
  authority varchar(64) primary key references authority (name),
  revoked_at timestamp with time zone not null,
  revocation_reason varchar(32) not null,
  ocsp_sha1 bytea not null,
  ocsp_sha256 bytea not null
);

-- One row: what all SPIFFE IDs begin with for good. It stands in every certificate, and clients know the authority by it.
create table trust_domain (
  name varchar(255) primary key
);

create table trust_bundle (
  number bigint primary key,
  created_at timestamp with time zone not null,
  roots varchar(1000000) not null -- PEM
);

-- The lists that are in use, without their entries: those follow from the table denial. A signature can be made only once, so
-- with it every node writes the same list, byte for byte, and no node needs to keep one of many megabytes here.
create table crl (
  issuer varchar(64) not null references authority (name),
  part varchar(16) not null,
  number bigint not null,
  this_update timestamp with time zone not null,
  next_update timestamp with time zone not null,
  revocations bigint not null, -- denial.number: what it contains, exactly up to this one
  expired_before timestamp with time zone not null, -- certificates that expired before this have left it
  scheduled_at timestamp with time zone not null, -- when the last one was made because it was time for one
  location bigint not null, -- the newest crl_location that its name may have been given under
  base bigint, -- crl_base.number: of the delta list that was made with it
  base_revocations bigint,
  signature bytea not null,
  primary key (issuer, part, number)
);

-- The complete lists that were made when it was time for one, as long as they hold: a delta list says what has changed since the
-- oldest of them.
create table crl_base (
  issuer varchar(64) not null references authority (name),
  number bigint not null,
  revocations bigint not null, -- denial.number, as in crl
  next_update timestamp with time zone not null,
  primary key (issuer, number)
);

-- Certificates name the list that they are in, so neither how many there are of an issuer nor where they were ever said to be is
-- forgotten.
create table crl_sharding (
  issuer varchar(64) primary key references authority (name),
  shards integer not null
);
create table crl_location (
  number bigint generated always as identity primary key,
  base varchar(2048) not null unique
);

-- What was revoked, held and released, in the order of the commits, with all that a list says of it. A later row of a serial
-- replaces an earlier one. Not in the table certificate, where an index of it would cost at each issuance. Rows of what has left
-- all lists are removed, but never the newest of an issuer.
create table denial (
  -- Given out under the guard 'revocation'; by the time in milliseconds, so that numbers grow also over a database that was restored,
  -- and nobody knows what is new for what was lost. A key by itself: so H2 keeps the rows in its order, and reads a million of them page by
  -- page; by any other index it reads the page of each row anew.
  number bigint primary key,
  issuer varchar(64) not null, -- authority.name
  serial varchar(40) not null,
  not_after timestamp with time zone not null,
  revoked_at timestamp with time zone, -- null: released from hold
  revocation_reason varchar(32),
  invalidity_date timestamp with time zone,
  -- Tells it from another that was given its number, in a database that has lost it.
  changed_at timestamp with time zone not null default current_timestamp
);
create index denial_issuer on denial (issuer, number); -- for the newest of an issuer
create index denial_not_after on denial (issuer, not_after, number);

create table identity (
  name varchar(64) primary key,
  profile varchar(64) not null,
  role varchar(16) check (role in ('admin', 'operator', 'auditor')),
  owner varchar(200),
  state varchar(16) not null check (state in ('active', 'revoked')),
  created_at timestamp with time zone not null,
  -- Raised by each change, its revocation and restoration among them: a certificate is recorded only if it was decided on this one.
  version bigint not null default 0,
  revoked_at timestamp with time zone,
  revocation_reason varchar(32),
  -- What was issued up to here is never renewed, also after the identity was restored.
  barred_until timestamp with time zone,
  -- certificate.number: up to this one its certificates do not act by the role, which was given or raised after them.
  role_after bigint not null default 0
);
create index identity_role on identity (role, state);
-- What the authority issues to itself belongs to this one.
insert into identity (name, profile, state, created_at)
  values ('countersignd', 'server', 'active', current_timestamp);

create table identity_name (
  identity varchar(64) not null references identity (name),
  position_in_list integer not null,
  kind varchar(8) not null,
  san varchar(2048) not null,
  primary key (identity, position_in_list)
);

create table enrollment (
  number bigint generated always as identity primary key,
  id varchar(64) not null unique,
  identity varchar(64) not null references identity (name),
  profile varchar(64) not null,
  public_key bytea not null, -- Ed25519, 32 octets; the seed is kept by nobody
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  uses integer not null check (uses > 0),
  uses_left integer not null check (uses_left >= 0),
  state varchar(16) not null check (state in ('open', 'used', 'cancelled')),
  cancelled_at timestamp with time zone,
  created_by varchar(200) not null
);
create index enrollment_identity on enrollment (identity, number);
create index enrollment_state on enrollment (state, number);
create index enrollment_expires_at on enrollment (expires_at, number);

create table certificate (
  number bigint generated always as identity primary key,
  serial varchar(40) not null unique, -- 40 lower-case hexadecimal digits
  der bytea not null,
  identity varchar(64) not null, -- identity.name
  profile varchar(64) not null,
  issuer varchar(64) not null, -- authority.name
  subject varchar(1000) not null,
  key_hash bytea not null, -- SHA-256 of the SubjectPublicKeyInfo
  not_before timestamp with time zone not null,
  not_after timestamp with time zone not null,
  status varchar(16) not null check (status in ('active', 'held', 'revoked')),
  revoked_at timestamp with time zone,
  revocation_reason varchar(32),
  invalidity_date timestamp with time zone,
  revocation_sequence bigint,
  proof_kind varchar(16) not null,
  proof_id varchar(200) not null,
  retry_key varchar(200),
  retry_hash bytea, -- two requests are one if this matches too: the key's hash, or empty where the retry key alone decides
  request_hash bytea, -- where the retry key alone decides: what it was first used for
  requested_by varchar(200) not null,
  remote_address varchar(64) not null,
  previous_serial varchar(40),
  lineage varchar(40), -- first serial of the chain of renewals; null in that first one
  issued_at timestamp with time zone not null,
  constraint certificate_retry unique (retry_key, retry_hash)
);
create index certificate_identity on certificate (identity, number);
create index certificate_profile on certificate (profile, number);
create index certificate_issuer on certificate (issuer, number);
create index certificate_status on certificate (status, number);
create index certificate_not_after on certificate (not_after, number);
create index certificate_key_hash on certificate (key_hash);
create index certificate_lineage on certificate (lineage, number);

-- One row for each key that was certified, as long as a certificate of it is kept, and for ever if it is denied: the one
-- identity that it is of. The recording transaction adds the row before it
-- reads it, so that of two servers that certify one key at once the second waits for the first.
create table subject_key (
  key_hash bytea primary key, -- as in certificate
  identity varchar(64) not null, -- identity.name
  denied boolean not null default false -- reported as compromised: not certified again
);

create table certificate_name (
  san varchar(2048) not null,
  certificate bigint not null, -- certificate.number
  kind varchar(8) not null,
  primary key (san, certificate, kind)
);

-- What clients had loaded when they said so last. Written some seconds later, many together: a crash loses what is said again soon.
create table checkin (
  serial varchar(40) primary key, -- certificate.serial
  not_after timestamp with time zone not null, -- of the certificate
  seen_at timestamp with time zone not null,
  denials bigint not null, -- denial.number: up to this one is known to it what is denied
  trust_bundle bigint, -- trust_bundle.number
  version varchar(64) -- of the client's program
);
create index checkin_not_after on checkin (not_after);
create index checkin_seen_at on checkin (seen_at);

-- An operator has called for what was issued before to be renewed early.
create table renewal_call (
  number bigint generated always as identity primary key,
  kind varchar(16) not null check (kind in ('certificate', 'identity', 'issuer')),
  name varchar(64) not null, -- a serial, identity.name or authority.name
  called_at timestamp with time zone not null,
  within_seconds bigint not null -- by then all of them are to be done
);
create index renewal_call_name on renewal_call (kind, name);

create table event (
  number bigint generated always as identity primary key,
  happened_at timestamp with time zone not null,
  actor_kind varchar(16) not null,
  actor_name varchar(200) not null,
  remote_address varchar(64),
  action varchar(64) not null,
  identity varchar(64),
  serial varchar(40),
  details varchar(100000) not null -- a JSON object of strings
);
create index event_identity on event (identity, number);
create index event_serial on event (serial, number);
create index event_action on event (action, number);
