-- What the tables, views and functions are for, above all the rules that they keep, said where they are: schemas/database.sql prints it.
-- One block a subject, since a migration's statements are sent one by one.
DO $comments$ BEGIN
  -- Organizations.
  COMMENT ON TABLE organizations IS
    'A customer: the unit of isolation. The setting rolecall.instance opens this table alone, for the operator''s '
    'commands.';
  COMMENT ON TABLE brands IS 'A space inside an organization with its own memberships.';
  COMMENT ON FUNCTION resolve_organization(text) IS 'The active organization of this short name.';
  COMMENT ON FUNCTION resolve_named_organization(text) IS
    'As resolve_organization, where the organization lets its sign-in page name it.';
  COMMENT ON FUNCTION has_organizations() IS
    'Whether there is any organization. On a new installation the first start offers a link that makes its first '
    'administrator.';
  COMMENT ON FUNCTION open_or_close_organization() IS
    'Suspended, an organization''s keys and tokens stop working; reactivated, they work again.';
  COMMENT ON FUNCTION close_organization() IS 'A suspended organization''s sessions end, and do not come back with it.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Directory.
  COMMENT ON TABLE users IS
    'People. What is searched has a column (keys are folded: NFKC and lower case); the rest of the SCIM resource is '
    'in attributes.';
  COMMENT ON COLUMN users.epoch IS 'Grows with each deactivation: whatever was issued under an older epoch is dead.';
  COMMENT ON TABLE user_emails IS
    'Folded addresses of people, for look-ups: an index rather than a record. The addresses themselves are in '
    'users.attributes, and each write of those writes here.';
  COMMENT ON TABLE email_proofs IS
    'How an address of a person was proven to be theirs, for as long as they have it (forget_address).';
  COMMENT ON TABLE groups IS 'Groups of a directory or of a connection''s claims, or local ones (directory_id null).';
  COMMENT ON TABLE group_members IS 'People in groups.';
  COMMENT ON TABLE group_nestings IS 'Groups in groups. Cycles are refused by the verb that writes here.';
  COMMENT ON FUNCTION fold(text) IS 'Case folding as the service does it: NFKC, then lower case by the root locale.';
  COMMENT ON FUNCTION bare(text) IS
    'What names are sorted by and searched in: folded, and without what NFKD splits off as combining marks (Zoë is '
    'zoe).';
  COMMENT ON FUNCTION address_keys(jsonb, text) IS
    'The folded addresses that a person has: those in the e-mail list, or else the userName.';
  COMMENT ON FUNCTION forget_address() IS
    'Whatever changes an address, be it a directory, an administrator or the person, takes its proof away, and every '
    'link that was mailed to the old one.';
  COMMENT ON FUNCTION find_users(text[]) IS
    'People of the transaction''s organization whose names or addresses hold every one of the texts (bare, each at '
    'least one character). Row-level security would keep the index from being used, so it reads past it, inside that '
    'organization.';
  COMMENT ON FUNCTION user_document(users) IS 'A user as SCIM has them, for the filters of mappings.';
  COMMENT ON FUNCTION groups_below(text, text[]) IS
    'The given groups and those inside of them, by however many steps: their members are in the given groups.';
  COMMENT ON FUNCTION groups_above(text, text[]) IS
    'The given groups and those that they are in, by however many steps.';
  COMMENT ON FUNCTION refuse_missing(text[]) IS
    'Stops the transaction (RC400) where a write refers to something that does not exist; the message lists what.';
  COMMENT ON FUNCTION note_activity() IS
    'When somebody was last active, to the hour. A row that is being changed is left alone: whoever deactivates a '
    'person goes from the user to the session, and this the other way.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Feeds.
  COMMENT ON TABLE directories IS 'An organization''s SCIM feed.';
  COMMENT ON TABLE directory_tokens IS 'Bearer tokens of a directory, several at once; only the SHA-256 is kept.';
  COMMENT ON COLUMN directory_tokens.is_open IS
    'Kept by triggers: directory and organization are active, so that the entry has to look at one row only.';
  COMMENT ON TABLE directory_activity IS
    'When a directory last asked for something, and how that went; written in batches, off the path of the request.';
  COMMENT ON TABLE provisioning_events IS
    'Requests of identity providers and our answers, redacted, for as long as the organization keeps them.';
  COMMENT ON FUNCTION resolve_directory_token(text) IS
    'Whose token this is, before any organization is entered. It reads past row-level security, by the hash alone; '
    'whether the token works is decided by the entry.';
  COMMENT ON FUNCTION enter_directory(text, text, text) IS
    'The entry of a directory''s transaction: sets the organization that row-level security holds it to, and refuses '
    '(RC401) a token that is revoked, expired or of another directory, in the very transaction of the work. What a '
    'directory decides about the last administrator is honoured. Names are qualified in place of a search_path '
    'setting, which would cost as much as the look-up.';
  COMMENT ON FUNCTION open_new_token() IS 'A new token is open where its directory and its organization are active.';
  COMMENT ON FUNCTION open_or_close_tokens() IS 'A directory that is switched off or on closes or opens its tokens with it.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Access.
  COMMENT ON TABLE roles IS
    'Named sets of permissions with a stated purpose. Built-in ones come from a role pack and cannot be edited.';
  COMMENT ON TABLE role_permissions IS 'What a role allows or denies: a deny wins over every allow.';
  COMMENT ON TABLE application_permissions IS
    'Permissions that host applications registered, beside those of the catalogue; their names begin with app.';
  COMMENT ON TABLE mappings IS
    'The rule: members of this group, or people who satisfy this filter, hold this role, in the organization or in a '
    'brand.';
  COMMENT ON TABLE assignments IS
    'Direct assignments: somebody holds a role by a decision, for a reason, until a date.';
  COMMENT ON TABLE policies IS
    'A rule that takes a permission away from everybody in its scope but the holders of the excepted roles.';
  COMMENT ON VIEW effective_assignments IS
    'Who holds what, and through what: by a group that is mapped (group_path leads from the group that somebody is a '
    'member of to the mapped one), by a filter that they satisfy, or directly. Computed, never copied; a condition '
    'on user_id reaches the users table, so that one person''s access costs what that person has.';
  COMMENT ON FUNCTION permission_covers(text, text) IS
    'Whether holding the one permission means having the other: as covers says it in the service, for what the '
    'database decides.';
  COMMENT ON FUNCTION forget_reminders() IS 'An assignment with another end has other reminders ahead of it.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- API keys.
  COMMENT ON TABLE api_keys IS
    'Keys of the management API; only the SHA-256 is kept. A key with a user_id is a person''s own and dies with '
    'them. What a key may do never changes.';
  COMMENT ON COLUMN api_keys.is_open IS 'Kept by triggers: the organization is active.';
  COMMENT ON FUNCTION resolve_api_key(text) IS
    'For servers of versions before scopes, during an upgrade: they do not get to see a key that has one.';
  COMMENT ON FUNCTION resolve_api_key_scope(text) IS
    'Whose key this is and what it may do, before any organization is entered, by its hash alone.';
  COMMENT ON FUNCTION enter_api_key(text, text) IS
    'The entry of an API key''s transaction: sets the organization and refuses (RC401) a key that is revoked, '
    'expired or not open.';
  COMMENT ON FUNCTION open_new_key() IS 'A new key is open where its organization is active.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- The last administrator.
  COMMENT ON TABLE administrator_checks IS
    'A change that may concern an administrator leaves a row here, and the row is looked at when the transaction '
    'ends (require_administrator): what counts is where it arrives, not how. Nobody but the owner reaches it.';
  COMMENT ON COLUMN administrator_checks.is_restriction IS
    'Somebody was restricted rather than removed. That is no loss where nobody was there to lose anything: an '
    'organization that has no administrator yet may have rules.';
  COMMENT ON COLUMN administrator_checks.is_lasting IS
    'What was lost had no end: it has to be left to somebody for good, not to those whose time ends.';
  COMMENT ON TRIGGER require_administrator ON administrator_checks IS 'Deferred to the end of the transaction.';
  COMMENT ON FUNCTION require_administrator() IS
    'The last-administrator rule. Changes that concern administrators of one organization follow each other, so that '
    'two that are harmless alone cannot remove the last two. Nobody left: refused (RC409), or, where an identity '
    'provider decides, honoured with an alarm, an audit row, and the role for the emergency accounts.';
  COMMENT ON FUNCTION administrators_of(text) IS
    'The administrators that the rule counts: they hold everything, work, and administer in effect, now and with '
    'what they are to hold later.';
  COMMENT ON FUNCTION administers(text, text, boolean, boolean) IS
    'Whether somebody administers the organization in effect: a role of theirs may do everything, it counts by the '
    'way roles are read, and neither a deny nor a policy takes what is needed. p_later: also with what they are to '
    'hold from some later time on. p_lasting: only with what has no end.';
  COMMENT ON FUNCTION holders_of_everything(text) IS
    'Whoever works and holds a role that may do everything, whatever else restricts them.';
  COMMENT ON FUNCTION is_administrator_role(text, text) IS 'Whether the role may do everything.';
  COMMENT ON FUNCTION is_working(text, text) IS 'Whether somebody is active and no emergency account.';
  COMMENT ON FUNCTION touches_administrators(text) IS
    'Whether a permission touches what an administrator needs at least to set right whatever went wrong (essential '
    'in the service).';
  COMMENT ON FUNCTION matters_to_administrators(text, text) IS
    'Roles whose coming or going can decide whether somebody administers: those that may do everything, that deny, '
    'that a policy excepts, and all of them where only the highest counts.';
  COMMENT ON FUNCTION group_matters(text, text) IS
    'Of the roles that members of a group hold through it: whether one matters, and whether one may do everything.';
  COMMENT ON FUNCTION has_restrictions(text) IS
    'Whether roles can restrict anybody at all. Mostly they cannot, and then joining a group costs nothing more.';
  COMMENT ON FUNCTION check_administrators(text, boolean) IS
    'Asks for the check at the end of the transaction: an administrator may have been lost.';
  COMMENT ON FUNCTION check_restriction(text) IS
    'Asks for the check at the end of the transaction: an administrator may have been restricted.';
  COMMENT ON FUNCTION keep_administrator_of_user() IS 'Somebody was deactivated or deleted.';
  COMMENT ON FUNCTION keep_administrator_of_attributes() IS 'Attributes decide which filters somebody satisfies.';
  COMMENT ON FUNCTION keep_administrator_of_members() IS
    'Members left, or came and are restricted by what they now hold. Once a statement, however many.';
  COMMENT ON FUNCTION keep_administrator_of_nesting() IS 'A group left another one, or came into it.';
  COMMENT ON FUNCTION keep_administrator_of_role() IS 'A role may no longer do everything.';
  COMMENT ON FUNCTION keep_administrator_of_denies() IS 'A role denies more. Once a statement, however much.';
  COMMENT ON FUNCTION keep_administrator_of_rank() IS 'Another role is the highest.';
  COMMENT ON FUNCTION keep_administrator_of_mapping() IS 'A mapping came, went or changed.';
  COMMENT ON FUNCTION keep_administrator_of_assignment() IS 'An assignment came, went or changed.';
  COMMENT ON FUNCTION keep_administrator_of_policy() IS 'A policy takes away what administrators need.';
  COMMENT ON FUNCTION keep_administrator_of_strategy() IS
    'Roles are read in another way: all of them count, or only the highest.';
  COMMENT ON FUNCTION effective_administrators() IS 'Who the administrators are, in the transaction''s organization.';
  COMMENT ON FUNCTION count_administrators() IS
    'How many administrators there are, in the transaction''s organization.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Fresh proof.
  COMMENT ON FUNCTION manages_something(text) IS
    'The managing permissions: whether holding this one lets somebody manage something. The names are those of '
    'src/access/managers/management.ts.';
  COMMENT ON FUNCTION is_managing_role(text, text) IS 'Whether a role lets its holders manage something.';
  COMMENT ON FUNCTION manages_anything(text, text) IS
    'Whether somebody manages anything here, or will: has a role, anywhere, that lets them (managing in the '
    'service).';
  COMMENT ON FUNCTION refuse_stale_proof() IS
    'Refuses (RC428) what wants a fresh proof. A session whose proof is old enters with rolecall.proof set to stale, '
    'and the triggers prove_… come here wherever a change decides who manages something or who may come in, '
    'whichever verb makes it. For everybody else this costs one look at the setting.';
  COMMENT ON FUNCTION prove_role_given() IS 'Assignments and mappings of roles that manage.';
  COMMENT ON FUNCTION prove_permission() IS 'What roles mean, and what policies take.';
  COMMENT ON FUNCTION prove_rank() IS 'The rank of roles that manage.';
  COMMENT ON FUNCTION prove_membership() IS
    'Groups that give a role that manages, by themselves or by what they belong to.';
  COMMENT ON FUNCTION prove_person() IS
    'Whether people may come in, and under which names and addresses; changes of many people.';
  COMMENT ON FUNCTION prove_attributes() IS 'Mappings by filter give roles by what is written of a person.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Connections.
  COMMENT ON TABLE connections IS
    'An organization''s SAML or OpenID Connect identity provider. settings holds what depends on the type; secrets '
    'are sealed, each in a column of its own.';
  COMMENT ON TABLE domains IS
    'An e-mail domain that an organization claims. Verified, it belongs to one organization of the whole '
    'installation.';
  COMMENT ON TABLE domain_connections IS
    'Which connections may vouch for addresses of a domain; a domain with none here may be used by all of them. A '
    'connection that is bound cannot be removed beneath it, since a domain that loses its last one would be open to '
    'all.';
  COMMENT ON TABLE identities IS
    'The stored link from connection and subject to a person; an address alone never links anybody.';
  COMMENT ON TABLE link_requests IS
    'Identities that wait for an administrator''s word before they are linked to somebody who manages something.';
  COMMENT ON TABLE connection_groups IS
    'Which groups came from a connection''s claims, by the value that the claims carry.';
  COMMENT ON TABLE setup_links IS
    'A link that lets somebody without an account connect one identity provider: it makes one connection and one '
    'directory, and sees nothing else. The token is hashed.';
  COMMENT ON FUNCTION resolve_connection(text) IS
    'The active organization of a connection, before it is entered: by an id that is public and says nothing else.';
  COMMENT ON FUNCTION resolve_domain(text) IS
    'Home realm discovery: which organization has proven the domain. That much may be known of a domain; of a person '
    'nothing.';
  COMMENT ON FUNCTION resolve_setup_link(text) IS 'Whose setup link this is, by the hash of its token.';
  COMMENT ON FUNCTION enter_setup_link(text, text) IS
    'The entry of what is done with a setup link: sets the organization and refuses (RC401) a link that is revoked '
    'or expired.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Sign-in.
  COMMENT ON TABLE sign_in_requests IS
    'A sign-in that waits: for the identity provider''s answer, or for a second factor (then it knows the person).';
  COMMENT ON TABLE used_messages IS
    'Messages that count once (assertions, logout requests and tokens), by the hash of issuer and id, until they '
    'expire anyway.';
  COMMENT ON TABLE sign_in_attempts IS
    'The trace of an attempt to sign in: what was received, decoded and mapped, and each check with its result. '
    'Refusals of whoever has begun nothing here are counted: one row for a connection, a reason and an hour.';
  COMMENT ON TABLE identity_undos IS
    'Links by which people take back an identity that was linked to them: single use, hashed.';
  COMMENT ON TABLE throttles IS
    'Counters of attempts in a window of time, by the hash of what is counted (an address, an account). Reached by '
    'functions only.';
  COMMENT ON FUNCTION resolve_sign_in_request(text) IS 'Whose sign-in this is, by the hash of its state.';
  COMMENT ON FUNCTION resolve_identity_undo(text) IS 'Whose link this is, by the hash of its token.';
  COMMENT ON FUNCTION throttle(text, integer, integer) IS
    'Counts an attempt. Answers 0 where it is within the limit, or else the seconds to wait.';
  COMMENT ON FUNCTION forgive_throttle(text) IS 'An attempt that succeeded is taken back; the others stay counted.';
  COMMENT ON FUNCTION clear_throttle(text) IS 'Forgets what was counted.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Sessions.
  COMMENT ON TABLE sessions IS 'Sessions of browsers. The token has 256 random bits; its SHA-256 is what is kept.';
  COMMENT ON COLUMN sessions.epoch IS
    'The person''s epoch when it began; a later epoch ends it, whatever else happens.';
  COMMENT ON COLUMN sessions.end_reason IS
    'signed_out, replaced, revoked, provider_logout, expired, deactivated, password_changed, factor_changed, '
    'identity_removed, connection_disabled, connection_enforced, organization_suspended or restored.';
  COMMENT ON VIEW live_sessions IS
    'The sessions that open something: not ended, within their times, of a person who is active under the epoch that '
    'they began in, in an active organization. The clock is the database''s, so that nodes cannot disagree.';
  COMMENT ON FUNCTION resolve_session(text) IS
    'Whose session this is, if it is live: one look-up by an indexed hash reads session, person and organization.';
  COMMENT ON FUNCTION enter_session(text, text) IS
    'The entry of a transaction of a person in a browser: sets the organization and refuses (RC401) a session that '
    'is not live.';
  COMMENT ON FUNCTION close_session() IS
    'However a session ends, what was issued under it dies in the same transaction, and the applications that it was '
    'used for are told (OpenID Connect Back-Channel Logout 1.0).';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Accounts.
  COMMENT ON TABLE passwords IS 'The argon2id hash of a password, in PHC form.';
  COMMENT ON TABLE totp_factors IS 'A generator of one-time passwords (RFC 6238); it counts once confirmed.';
  COMMENT ON TABLE passkeys IS 'WebAuthn credentials.';
  COMMENT ON TABLE recovery_codes IS 'One-time codes for when the second factor is lost, hashed.';
  COMMENT ON TABLE password_resets IS
    'Links sent for a forgotten password: single use, short-lived, the newest one only.';
  COMMENT ON TABLE invitations IS
    'What a person will hold once they accept. The link''s token is hashed; a resend replaces it.';
  COMMENT ON TABLE mails IS 'Mails to be sent. Their bodies hold links that let people in, so they are sealed.';
  COMMENT ON FUNCTION resolve_password_accounts(text) IS 'For servers of earlier versions, during an upgrade: in whichever organization.';
  COMMENT ON FUNCTION resolve_password_accounts(text, text) IS
    'The people who could sign in with this folded userName or address and a password: in one organization, or in '
    'whichever. The first are those of the organization that has proven the domain, then those whose userName it is, '
    'then the oldest. Of one organization two at most, so that no number of accounts there keeps anybody of another '
    'out.';
  COMMENT ON FUNCTION resolve_passkey(text) IS 'Whose passkey this is, by its credential id.';
  COMMENT ON FUNCTION resolve_password_reset(text) IS 'Whose password link this is, by the hash of its token.';
  COMMENT ON FUNCTION resolve_invitation(text) IS 'Whose invitation this is, by the hash of its token.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Emergency accounts.
  COMMENT ON TABLE emergency_accounts IS
    'Accounts for when the provider does not work: local, with password, second factor and codes that were made at '
    'once and sealed in an envelope; each use raises an alarm.';
  COMMENT ON TABLE emergency_uses IS
    'Uses of emergency accounts other than drills; each waits for a report that somebody signs.';
  COMMENT ON VIEW emergency_accounts_to_prove IS
    'Emergency accounts that nobody has shown to work for 30 days, unless a mail said so within the last month.';
  COMMENT ON FUNCTION close_other_doors(text, text) IS
    'Takes from an account that is being sealed whatever else would let somebody in.';
  COMMENT ON FUNCTION refuse_emergency_account() IS
    'An emergency account is given no other way in than what was sealed (RC423).';
  COMMENT ON FUNCTION keep_emergency_account() IS
    'An emergency account keeps its name, gets no address, and belongs to no directory (RC423).';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Applications.
  COMMENT ON TABLE applications IS 'A host product that trusts Rolecall; its id is its client_id.';
  COMMENT ON TABLE application_sessions IS
    'Which applications a session has been used for: they are told when it ends.';
  COMMENT ON TABLE application_logouts IS
    'Logout tokens to deliver to applications (OpenID Connect Back-Channel Logout 1.0), written where a session '
    'ends.';
  COMMENT ON TABLE provider_artifacts IS
    'What the OpenID provider keeps: codes, tokens, grants, interactions, by the SHA-256 of their id. Whose they are '
    'is often not known before they are read, so nobody but the owner has a right to the table. The server '
    'reads one row by find_provider_artifact; put_, consume_ and drop_ functions write; close_session, end_all_access '
    'and sweep_expired delete, too.';
  COMMENT ON FUNCTION resolve_application(text) IS
    'The active organization of an application, before it is entered: by its client_id, which is public and says '
    'nothing else.';
  COMMENT ON FUNCTION put_provider_artifact(text, text, text, text, text, text, text, integer) IS
    'Keeps one thing of the OpenID provider. Ids are secrets of 256 bits or more and arrive hashed, so knowing one '
    'is the right to it.';
  COMMENT ON FUNCTION find_provider_artifact(text, text) IS
    'What was issued under a session is found only while the session lives: ended, run out, or its person or '
    'organization switched off, the very next look-up finds nothing, on whichever node.';
  COMMENT ON FUNCTION consume_provider_artifact(text, text) IS 'Marks it as used; false where it was used already.';
  COMMENT ON FUNCTION drop_provider_artifact(text, text) IS 'Deletes one artifact.';
  COMMENT ON FUNCTION drop_provider_grant(text) IS 'Forgets all that was issued under a grant.';
  COMMENT ON FUNCTION drop_provider_artifacts_of_application(text, text) IS
    'Forgets what was issued to an application of the transaction''s organization.';
  COMMENT ON FUNCTION drop_provider_artifacts_of(text, text) IS
    'Forgets everything that host applications hold for a person of the transaction''s organization: part of the one '
    'door out.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Audit.
  COMMENT ON TABLE audit_events IS
    'Who changed what, written in the transaction of the change. The server''s role may insert and read, nothing '
    'else.';
  COMMENT ON COLUMN audit_events.position IS
    'The order in which rows are sealed: that of their insertion. Ids come from the clocks of nodes and could end up '
    'before what is sealed already.';
  COMMENT ON TABLE audit_segments IS
    'Audit rows under a seal, one segment after the other; each hash covers the one before. The server''s role may '
    'insert and read, nothing else.';
  COMMENT ON SEQUENCE audit_positions IS 'Reached by place_audit_event and audit_horizon only.';
  COMMENT ON TABLE alarms IS
    'What administrators have to be told at once; it stays in sight until somebody settles it.';
  COMMENT ON FUNCTION place_audit_event() IS
    'Nobody who inserts chooses the place. A transaction gets its number before a position, so that once all '
    'transactions below a number are over, no position that was given out by then can turn up any more '
    '(audit_horizon).';
  COMMENT ON FUNCTION audit_horizon() IS
    'How far it can be sealed: the last position given out, and a transaction number above those of all transactions '
    'that have one of these positions.';
  COMMENT ON FUNCTION organizations_to_seal() IS 'The organizations with audit rows that no segment holds yet.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- Background work.
  COMMENT ON TABLE user_changes IS 'Changes of many people: begun by a request, continued by the worker.';
  COMMENT ON TABLE user_change_people IS 'The people of such a change, each with what became of it.';
  COMMENT ON VIEW assignments_to_remind IS
    'Assignments about whose end somebody is to be reminded: 14 and 3 days before; one that was given for a shorter '
    'time has none so early.';
  COMMENT ON VIEW assignments_without_sponsor IS
    'Assignments that somebody vouches for who has gone: everybody whom the text can mean is inactive.';
  COMMENT ON VIEW people_past_their_end IS
    'Local people whose assignments have all ended, longer ago than the organization waits, and who hold nothing '
    'else. Somebody who was switched on again since then is given as much time once more.';
  COMMENT ON VIEW certificates_ending IS
    'Trusted certificates and client secrets of connections that end within 30 days and of which no alarm was raised '
    'yet.';
  COMMENT ON FUNCTION organizations_with_work() IS
    'Which organizations have something for the worker to do: asked every second. It then enters them one by one.';
  COMMENT ON FUNCTION organizations_with_upkeep() IS
    'As organizations_with_work, of what can wait for minutes. Retention is due when the oldest row is a day past '
    'its time, and so about daily.';
  COMMENT ON FUNCTION sweep_expired() IS
    'What has run out and means nothing any more. The id of a message stays until its time has passed everywhere.';
END $comments$;
--> statement-breakpoint
DO $comments$ BEGIN
  -- The installation.
  COMMENT ON TABLE instance_keys IS
    'The provider''s signing keys, sealed; a sealed known text that proves the sealing key right; the offer to the '
    'first administrator.';
  COMMENT ON POLICY sealed_anyway ON instance_keys IS
    'The rows belong to no organization, and what is in them is sealed.';
  COMMENT ON TABLE instance_places IS
    'Where PostgreSQL has this database, by its own numbers: a backup that was restored is somewhere else.';
  COMMENT ON FUNCTION current_place() IS
    'PostgreSQL''s own number of the cluster, of the database and of a table in it: elsewhere, at least one of them '
    'differs.';
  COMMENT ON FUNCTION current_timeline() IS
    'The number that PostgreSQL raises when a standby takes over, and when it is recovered to a point in time; null '
    'where it is not told.';
  COMMENT ON FUNCTION is_settled() IS 'Whether the database is where it was.';
  COMMENT ON FUNCTION settle_in() IS
    'Looks whether the database is where it was. new: seen for the first time; same; restored: somewhere else, and '
    'all access has ended by now; timeline: in its place, on another timeline. Nodes take turns.';
  COMMENT ON FUNCTION end_all_access() IS
    'After a restored backup: sessions, what was issued under them, codes and refresh tokens, sign-ins under way, and '
    'links to set a password or to connect a provider end. Directory tokens, API keys and invitations stay.';
  COMMENT ON FUNCTION new_id(text) IS
    'An id as the service makes them: prefix, 48 bits of time, 80 random ones, in Crockford base32.';
END $comments$;
