// What is kept of people, why, and for how long: the register by which it is exported, and which a data-protection officer reads.
// A new table with a person in it is one more line.
import { type SQL, sql } from 'drizzle-orm'

type Chunks = { organizationId: SQL; userId: SQL }

export type RegisterEntry = {
  /** As it is called in an export: the table, with its schema where that is not `public`. */
  name: string
  what: string
  /** For how long. */
  kept: string
  /** Which rows `t` of the table are somebody’s; by `user_id` where it is not said. */
  where?: (p: Chunks) => SQL
  /** That the newest come first, where somebody may have more rows than an export has. */
  hasMany?: true
}

/** Former versions of rows, by which access as it was is shown. */
const asItWas = 'permanently, as evidence; after erasing under their id alone'

const untilErased = 'until the person is erased'

export const register: readonly RegisterEntry[] = [
  {
    name: 'users',
    what: 'Name, addresses and other attributes, status, last activity',
    kept: `${untilErased}, which an administrator may once they have been inactive for as long as the settings say`,
    where: (p) => sql`t.id = ${p.userId}`,
  },
  { name: 'user_emails', what: 'E-mail addresses, for look-ups', kept: untilErased },
  {
    name: 'former_names',
    what: 'Former user names and addresses, so that nobody comes back as somebody else',
    kept: untilErased,
  },
  {
    name: 'reserved_names',
    what: 'Keyed hashes of what they were called before they were erased, so that nobody else is called so',
    kept: 'as the settings say, 90 days from the erasing unless changed',
  },
  { name: 'email_proofs', what: 'Which addresses they have proven, and how', kept: untilErased },
  { name: 'address_changes', what: 'Changes of address that wait for their link', kept: 'a day' },
  { name: 'address_proposals', what: 'Addresses that a directory proposes for them', kept: untilErased },
  { name: 'identities', what: 'What they are called at identity providers', kept: untilErased },
  { name: 'identity_undos', what: 'Links by which they take an identity back', kept: untilErased },
  { name: 'link_requests', what: 'Identities that wait for an administrator', kept: untilErased },
  { name: 'adoption_requests', what: 'What a directory says of them, while it asks for them', kept: untilErased },
  { name: 'group_members', what: 'Groups that they are in', kept: untilErased },
  { name: 'team_members', what: 'Teams that they were put into', kept: untilErased },
  {
    name: 'teams',
    what: 'Teams that they lead',
    kept: 'until they no longer lead them',
    where: (p) => sql`t.leader_id = ${p.userId}`,
  },
  { name: 'ownerships', what: 'What applications say that they own or approve', kept: untilErased },
  { name: 'asset_people', what: 'Assets that they created or are assigned to', kept: untilErased },
  {
    name: 'hand_overs',
    what: 'What went from them to others as they left, to them from others, or was about them',
    kept: 'permanently, as evidence; after erasing under their id alone',
    where: (p) => sql`(t.from_user_id = ${p.userId} or t.to_user_id = ${p.userId} or t.subject_id = ${p.userId})`,
  },
  {
    name: 'change_drafts',
    what: 'Drafts of changes that are about them, or that they made, approved or carried out',
    kept: 'permanently, as evidence; after erasing under their id alone, with the reasons that were given',
    where: (p) => sql`(strpos(t.changes::text, ${p.userId}) > 0 or t.hands ? ${p.userId}
      or ${p.userId} in (t.created_by, t.changed_by, t.decided_by, t.applied_by, t.undone_by))`,
  },
  {
    name: 'alarms',
    what: 'What administrators were told of them and asked to settle',
    kept: 'permanently; after erasing under their id alone',
    where: (p) => sql`t.detail ->> 'userId' = ${p.userId}`,
  },
  {
    name: 'team_exclusions',
    what: 'Teams that they are left out of, whatever fills them, with the reason',
    kept: untilErased,
  },
  { name: 'assignments', what: 'Roles given to them directly, with reasons', kept: untilErased },
  {
    name: 'deleted_people',
    what: 'That an administrator deleted them, and what they were before',
    kept: 'until they are restored or erased',
  },
  { name: 'directory_losses', what: 'What a directory took from them', kept: '90 days' },
  {
    name: 'inactivity_exceptions',
    what: 'That they are left alone when they are not here for long, with the reason',
    kept: untilErased,
  },
  { name: 'inactivity_notices', what: 'That they were warned for not being here, and deactivated', kept: untilErased },
  { name: 'absences', what: 'Absences, planned and past, with their reasons', kept: untilErased },
  { name: 'access_digest_people', what: 'That they may be told of a change of their access', kept: 'some minutes' },
  { name: 'checklists', what: 'Checklists of their joining and leaving', kept: untilErased },
  {
    name: 'access_review_lines',
    what: 'What reviews of access said of them, or they of others',
    kept: 'permanently, as evidence; after erasing without their name',
    where: (p) => sql`(t.user_id = ${p.userId} or t.answered_by = ${p.userId})`,
  },
  { name: 'access_review_reviewers', what: 'Lines of reviews that they may answer', kept: untilErased },
  { name: 'review_tasks', what: 'Roles that a review took and their provider still gives', kept: untilErased },
  { name: 'invitations', what: 'Invitations to them', kept: untilErased },
  { name: 'passwords', what: 'That they have a password, and since when', kept: untilErased },
  { name: 'password_resets', what: 'Links to set a password', kept: untilErased },
  { name: 'totp_factors', what: 'That they have an authenticator, and since when', kept: untilErased },
  { name: 'passkeys', what: 'Their passkeys by name', kept: untilErased },
  { name: 'recovery_codes', what: 'That they have recovery codes, and which are used', kept: untilErased },
  { name: 'emergency_accounts', what: 'Whether it is an emergency account', kept: untilErased },
  { name: 'emergency_uses', what: 'Uses of an emergency account, with reports', kept: 'permanently' },
  { name: 'sessions', what: 'Sessions: when, from which address and browser', kept: untilErased },
  { name: 'sign_in_requests', what: 'Sign-ins under way', kept: 'ten minutes' },
  {
    name: 'sign_in_attempts',
    what: 'Sign-ins with what the provider sent',
    hasMany: true,
    kept: 'as the settings say, 180 days unless changed',
  },
  { name: 'api_keys', what: 'Their API keys by name and last four characters', kept: untilErased },
  { name: 'application_logouts', what: 'Which applications were told of their sign-outs', kept: untilErased },
  { name: 'user_change_people', what: 'Changes of many people that they were part of', kept: '30 days' },
  {
    name: 'provisioning_events',
    what: 'Requests of directories about them',
    hasMany: true,
    kept: 'as the settings say, 30 days unless changed',
    where: (p) => sql`t.target_id = ${p.userId}`,
  },
  {
    name: 'mails',
    what: 'That mails were sent to them: kind, subject, address, time',
    kept: 'as the settings say, 30 days unless changed',
    where: (p) => sql`(t.target_id = ${p.userId} or t.target_id in (select i.id from invitations i
      where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId}))`,
  },
  {
    name: 'history.users',
    what: 'Their name, addresses, attributes and status as they were',
    kept: untilErased,
    where: (p) => sql`t.id = ${p.userId}`,
  },
  { name: 'history.group_members', what: 'Groups that they were in', kept: asItWas },
  { name: 'history.asset_people', what: 'Assets that they had created or were assigned to', kept: asItWas },
  { name: 'history.team_exclusions', what: 'Teams that they were left out of, with the reason', kept: asItWas },
  { name: 'history.team_members', what: 'Teams that they were in', kept: asItWas },
  {
    name: 'history.teams',
    what: 'Teams that they led',
    kept: asItWas,
    where: (p) => sql`t.leader_id = ${p.userId}`,
  },
  { name: 'history.assignments', what: 'Roles that were given to them directly, with reasons', kept: asItWas },
  { name: 'history.review_tasks', what: 'Earlier states of what reviews took', kept: asItWas },
  {
    name: 'audit_events',
    what: 'What was done to them and what they did',
    hasMany: true,
    kept: 'permanently; after erasing under their id alone',
    where: (p) =>
      sql`(t.target_type = 'user' and t.target_id = ${p.userId} or t.actor_type = 'user' and t.actor_id = ${p.userId})`,
  },
]

/** Tables with a person in them that an export leaves out, and why. */
export const leftOut: Record<string, string> = {
  provider_artifacts: 'codes and tokens of applications, under their hashes, for as long as a sign-in lasts',
  platform_account_links:
    'that they have an account elsewhere, which no organization is told; it goes with either account',
  platform_operators: 'that they run the installation, as its operator says, which goes with the person',
}
