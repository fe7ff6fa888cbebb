// One row in each table of sign-in and local accounts, straight into the database: for tests that walk all tables.
import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'

/** A single address of the private ranges: a row of its own at each call. */
const randomRange = (): string => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join('.')}`

/** @param sql the owner's connection */
export async function furnishSignIn(sql: postgres.Sql, organizationId: string, userId: string): Promise<void> {
  const id = () => randomUUID()
  const at = new Date().toISOString()
  const later = new Date(Date.now() + 3_600_000).toISOString()
  const [con, ses, app] = [`con_${id()}`, `ses_${id()}`, `app_${id()}`]
  const groupId = `grp_${id()}`
  const insert = (table: string, row: Record<string, unknown>) =>
    sql`insert into ${sql(table)} select r.* from jsonb_populate_record(null::${sql(table)},
      ${sql.json({ organization_id: organizationId, created_at: at, ...row } as postgres.JSONValue)}) r`
  const user = { user_id: userId }
  await insert('connections', {
    id: con,
    type: 'saml',
    preset: 'generic',
    name: 'x',
    status: 'draft',
    settings: {},
    jit: 'off',
    is_idp_initiated_allowed: false,
    updated_at: at,
  })
  const dom = `dom_${id()}`
  await insert('domains', { id: dom, name: `${id()}.example`, status: 'pending', challenge: 'x' })
  await insert('domain_connections', { domain_id: dom, connection_id: con })
  await insert('identities', { ...user, connection_id: con, subject: 'x' })
  await insert('link_requests', {
    ...user,
    ...{ id: `lrq_${id()}`, connection_id: con, subject: 'x', email: 'x', status: 'pending', last_seen_at: at },
  })
  const dir = `dir_${id()}`
  await insert('directories', {
    id: dir,
    name: 'x',
    status: 'disabled',
    updated_at: at,
    arrivals: 'active',
    adoption: 'never',
    brake: 'on',
    brake_minutes: 60,
    brake_limit: 25,
  })
  await sql`insert into directory_losses (organization_id, directory_id, occurred_at, kind, user_id, status, counts)
    values (${organizationId}, ${dir}, ${at}, 'deactivated', ${userId}, 'active', true)`
  const [clt, clk] = [`clt_${id()}`, `clk_${id()}`]
  await insert('checklist_templates', {
    ...{ id: clt, name: 'x', kind: 'leaving', tasks: [], status: 'off', counts_from: at, created_by: 'x' },
  })
  await insert('checklists', { ...user, id: clk, template_id: clt, occasion: at, status: 'open', created_by: 'x' })
  await insert('checklist_tasks', { checklist_id: clk, position: 0, title: 'x', due_at: at })
  await sql`insert into inactivity_rules (organization_id, status, concerns, warn_days, deactivate_days, counts_from, erases_from,
      updated_at, updated_by)
    values (${organizationId}, 'off', 'local', 1, 2, ${at}, ${at}, ${at}, 'x') on conflict do nothing`
  await sql`insert into access_digests (organization_id, pace, told_from, told_until)
    values (${organizationId}, 'off', ${at}, ${at}) on conflict do nothing`
  await sql`insert into mail_servers (organization_id, status, host, port, security, sender_address, sender_name, updated_at)
    values (${organizationId}, 'off', 'mail.example.com', 465, 'tls', 'x@example.com', 'x', ${at}) on conflict do nothing`
  await insert('access_digest_people', user)
  await sql`insert into absence_rules (organization_id, at_return) values (${organizationId}, 'propose') on conflict do nothing`
  await insert('absences', {
    ...{ ...user, id: `abs_${id()}`, from_at: at, until_at: later, reason: 'x', status: 'ended', created_by: 'x' },
  })
  await insert('inactivity_exceptions', { ...user, reason: 'x', created_by: 'x' })
  await insert('inactivity_notices', { ...user, warned_at: at, is_mailed: false, deactivates_at: at })
  await insert('inactivity_runs', { id: `inr_${id()}`, ran_at: at, warned: 0, deactivated: 0, erased: 0, refused: 0 })
  const rps = `rps_${id()}`
  await insert('report_schedules', {
    ...{ id: rps, kind: 'drift', every: 'week', unused_days: 90, recipients: [userId], sent: 'always', status: 'off' },
    ...{ next_at: at, created_by: 'x' },
  })
  const run = { id: `rpr_${id()}`, schedule_id: rps, kind: 'drift', made_at: at, facts: [], findings: [], told: 0 }
  await insert('report_runs', run)
  await insert('address_places', { range: randomRange(), place: 'x' })
  await insert('mass_changes', { id: `mch_${id()}`, directory_id: dir, began_at: at, tripped_at: at, status: 'open' })
  await insert('adoption_requests', {
    ...user,
    ...{
      id: `ado_${id()}`,
      directory_id: dir,
      reason: 'never',
      content: {},
      user_name_key: 'x',
      status: 'pending',
      last_seen_at: at,
    },
  })
  await insert('address_proposals', {
    ...user,
    ...{ directory_id: dir, user_name: 'x', emails: [], status: 'pending', last_seen_at: at },
  })
  await insert('address_changes', { ...user, token_hash: id(), email: 'x', expires_at: later })
  await insert('former_names', { ...user, kind: 'user_name', value_key: 'x', ended_at: at })
  await insert('email_proofs', { ...user, value_key: 'ada@example.com', how: 'reset', proven_at: at })
  await insert('groups', {
    id: groupId,
    display_name: 'Claimed',
    display_name_key: 'claimed',
    attributes: {},
    version: 1,
    updated_at: at,
  })
  await insert('connection_groups', { connection_id: con, value: 'x', group_id: groupId })
  await insert('sign_in_requests', {
    ...user,
    connection_id: con,
    state_hash: id(),
    purpose: 'sign_in',
    browser_hash: 'x',
    return_to: '/account',
    expires_at: later,
  })
  await insert('used_messages', { connection_id: con, message_hash: id(), expires_at: later })
  await insert('sign_in_attempts', {
    id: `att_${id()}`,
    reference: 'x',
    method: 'saml',
    outcome: 'refused',
    trace: {},
    occurred_at: at,
    request_id: 'req_x',
  })
  await insert('sessions', {
    ...user,
    id: ses,
    token_hash: id(),
    epoch: 0,
    method: 'saml',
    connection_id: con,
    has_second_factor: false,
    authenticated_at: at,
    last_seen_at: at,
    idle_expires_at: later,
    expires_at: later,
  })
  await insert('passwords', { ...user, hash: 'x', must_change: false, changed_at: at })
  await insert('totp_factors', { ...user, secret_sealed: 'x' })
  await insert('passkeys', {
    ...user,
    id: `pky_${id()}`,
    credential_id: id(),
    public_key: 'x',
    counter: 0,
    transports: [],
    name: 'x',
    is_backed_up: false,
  })
  await insert('recovery_codes', { ...user, code_hash: 'x' })
  await insert('password_resets', { ...user, token_hash: id(), expires_at: later })
  await insert('invitations', {
    ...user,
    id: `inv_${id()}`,
    email: 'x@example.com',
    email_key: 'x@example.com',
    token_hash: id(),
    status: 'pending',
    invited_by: 'x',
    sent_count: 1,
    expires_at: later,
  })
  await insert('mails', {
    id: `mal_${id()}`,
    kind: 'x',
    recipient: 'x@example.com',
    subject: 'x',
    body_sealed: 'x',
    status: 'kept',
    attempts: 0,
  })
  await insert('applications', {
    id: app,
    kind: 'confidential',
    name: 'x',
    status: 'active',
    secret_sealed: 'x',
    redirect_uris: [],
    post_logout_redirect_uris: [],
    browser_origins: [],
    is_pkce_required: true,
    id_token_algorithm: 'RS256',
    brands_claim: 'objects',
    is_device_flow_allowed: false,
    is_dpop_required: false,
    resources: [],
    served_resources: [],
    access_claims: 'always',
    claim_mappings: [],
    updated_at: at,
  })
  await insert('application_logouts', {
    ...user,
    id: `lgo_${id()}`,
    application_id: app,
    session_id: ses,
    status: 'failed',
    attempts: 0,
  })
  await insert('application_sessions', { session_id: ses, application_id: app })
  const review = `rev_${id()}`
  await insert('access_reviews', {
    ...{ id: review, name: 'x', scope: {}, reviewer_rule: 'sponsor', fallback_id: userId, no_answer: 'keep' },
    ...{ undo_hours: 0, due_days: 1, grace_days: 0, status: 'closed', starts_at: at, created_by: 'x' },
    ...{ owner_type: 'operator', owner_id: 'x' },
  })
  const line = { review_id: review, position: 1 }
  await insert('access_review_lines', {
    ...{ ...user, ...line, user_name: 'ada@example.com', display_name: 'Ada', status: 'active', source: 'direct' },
    ...{
      source_id: 'x',
      through: { reason: 'x' },
      is_privileged: false,
      is_outside: false,
      peers: 0,
      peers_holding: 0,
    },
    ...{ advice: 'keep', advice_reason: 'usual', passed_on: [] },
  })
  await insert('access_review_reviewers', { ...user, ...line, is_fallback: false })
  await insert('review_tasks', {
    ...{ ...user, ...line, id: `rtk_${id()}`, mapping_id: 'x', role_id: 'x', status: 'done', starts_at: at },
  })
  await insert('identity_undos', { ...user, connection_id: con, subject: 'x', token_hash: id(), expires_at: later })
  const tea = `tea_${id()}`
  const who = { created_by: 'x' }
  await insert('teams', { ...who, id: tea, name: 'x', name_key: id(), leader_id: userId })
  await insert('team_members', { ...user, ...who, team_id: tea })
  await insert('team_sources', { ...who, id: `tms_${id()}`, team_id: tea, group_id: groupId })
  const role = `rol_${id()}`
  const named = { key: id(), name: 'x', purpose: 'x', kind: 'role', rank: 0, is_built_in: false }
  await insert('roles', { id: role, ...named, updated_at: at })
  const apart = { first_permission: 'content.edit', second_permission: 'content.publish', except_role_ids: [] }
  await insert('separation_rules', {
    ...{ id: `sod_${id()}`, name: id(), purpose: 'x', mode: 'watch', ...apart },
    ...{ exception_role_id: role, created_by: 'x' },
  })
  await insert('team_exclusions', { ...user, team_id: tea, reason: 'x', created_by: 'x' })
  await insert('team_roles', { ...who, id: `tmr_${id()}`, team_id: tea, role_id: role, reason: 'x' })
  const type = `t${id()}`
  await insert('asset_types', { ...who, name: type, label: 'x' })
  await insert('assets', { ...who, type, id: 'x', name: 'x', is_restricted: true })
  await sql`insert into asset_teams (organization_id, type, asset_id, team_id) values (${organizationId}, ${type}, 'x', ${tea})`
  await sql`insert into asset_people (organization_id, type, asset_id, user_id, kind) values (${organizationId}, ${type}, 'x', ${userId}, 'creator')`
  await insert('deleted_people', {
    ...{ ...user, deleted_at: at, deleted_by_type: 'system', deleted_by: 'x', status: 'active', group_ids: [] },
  })
  await sql`insert into reservation_keys (organization_id, key) values (${organizationId}, ${id()}) on conflict do nothing`
  await insert('reserved_names', { ...user, name_hash: id(), reserved_until: later })
  await insert('ownerships', { ...user, ...who, type: 'campaign', id: id(), kind: 'owner', name: 'x' })
  await sql`insert into hand_overs (organization_id, kind, item, name, from_user_id, to_user_id, is_return, occurred_at, actor_type,
      actor_id) values (${organizationId}, 'team', ${tea}, 'x', ${userId}, 'x', false, ${at}, 'system', 'x')`
  // Last, since an emergency account gets nothing else any more.
  await insert('emergency_accounts', { ...user, sealed_at: at })
  await insert('emergency_uses', { ...user, id: `emu_${id()}`, reason: 'x', started_at: at })
}

/** One row in each table that the console came with. */
export async function furnishConsole(sql: postgres.Sql, organizationId: string, directoryId: string): Promise<void> {
  const id = () => randomUUID()
  const at = new Date().toISOString()
  const insert = (table: string, row: Record<string, unknown>) =>
    sql`insert into ${sql(table)} select r.* from jsonb_populate_record(null::${sql(table)},
      ${sql.json({ organization_id: organizationId, created_at: at, ...row } as postgres.JSONValue)}) r on conflict do nothing`
  await insert('application_choices', { application_id: 'x', switched_off_at: at, switched_off_by: 'x' })
  await insert('branding', { display_name: 'x', updated_at: at })
  await insert('logos', { hash: 'x', media_type: 'image/png', content: 'x', updated_at: at })
  await insert('seat_limits', { seats: 1_000_000, rule: 'warn' })
  await insert('derived_events', { id: `evt_${id()}`, occurred_at: at, action: 'access.changed', detail: {} })
  await insert('event_progress', { worked_out_to: 0 })
  await insert('support_consents', { mode: 'on_request', may_write: false })
  await insert('support_accesses', {
    ...{
      id: `sup_${organizationId}`,
      operator_id: 'usr_elsewhere',
      operator_name: 'Olu',
      reason: 'Ticket 17',
      minutes: 30,
    },
    ...{ wants_write: false, status: 'requested', requested_at: at, may_write: false },
  })
  const whk = `whk_${id()}`
  await insert('webhooks', {
    ...{
      id: whk,
      url: 'https://x.example.com',
      description: 'x',
      reach: 'all',
      organization_ids: [],
      status: 'paused',
    },
    ...{ secret_sealed: 'x', public_key: 'x', position: 0, attempts: 0, created_by: 'x' },
  })
  const message = {
    webhook_id: whk,
    event_id: 'evt_x',
    event_type: 'user.created',
    event_organization_id: organizationId,
  }
  await insert('webhook_attempts', {
    ...{
      ...message,
      id: `wha_${id()}`,
      kind: 'event',
      attempt: 1,
      sent_at: at,
      duration_millis: 1,
      is_delivered: true,
    },
    ...{ request_headers: {}, request_body: '{}' },
  })
  await insert('webhook_replays', {
    id: `whr_${id()}`,
    webhook_id: whk,
    position: 0,
    last_position: 0,
    created_by: 'x',
  })
  await insert('idempotent_answers', {
    caller_id: 'x',
    key_hash: 'x',
    request_hash: 'x',
    answer_sealed: 'x',
    expires_at: at,
  })
  await insert('application_permissions', { name: 'app.x', description: 'x', created_by: 'x' })
  await insert('directory_clients', {
    ...{ id: `dcl_${id()}`, directory_id: directoryId, name: 'x', kind: 'secret', secret_hash: id(), settings: {} },
  })
  await insert('extension_attributes', {
    ...{ directory_id: directoryId, resource: 'User', key: `urn:x:${id()}:a`, urn: 'urn:x', name: 'a', type: 'string' },
    ...{ multi_valued: false, is_given: true },
  })
  await insert('change_drafts', {
    ...{ id: `dft_${id()}`, name: 'x', changes: [], status: 'open', created_by: 'x' },
    ...{ changed_by: 'x', changed_at: at, hands: [] },
  })
  await insert('policies', {
    id: `pol_${id()}`,
    name: id(),
    permission: 'content.publish',
    except_role_ids: [],
    created_by: 'x',
  })
  // The provisioning log, which writes behind, may have come first.
  await sql`insert into directory_activity (organization_id, directory_id, first_request_at, last_request_at)
    values (${organizationId}, ${directoryId}, ${at}, ${at}) on conflict do nothing`
  await insert('provisioning_events', {
    id: `prv_${id()}`,
    directory_id: directoryId,
    occurred_at: at,
    method: 'GET',
    path: '/Users',
    status: 200,
    duration_millis: 1,
    quirks: [],
    request_id: 'req_x',
  })
  const change = `chg_${id()}`
  const actor = { actor_type: 'operator', actor_id: 'x' }
  await insert('user_changes', {
    id: change,
    action: { kind: 'deactivate' },
    ...actor,
    started_at: at,
    finished_at: at,
  })
  await insert('user_change_people', { change_id: change, position: 1, user_id: 'usr_x', outcome: 'done' })
  await insert('setup_links', {
    id: `stp_${id()}`,
    token_hash: id(),
    label: 'x',
    arrivals: 'active',
    domains: [],
    created_by: 'x',
    expires_at: at,
  })
  await insert('audit_segments', {
    ...{ sequence: 1, after_position: 0, last_position: 0, event_count: 0, event_ids: [], event_hashes: '' },
    ...{ previous_hash: 'x', hash: 'x', sealed_at: at },
  })
  await insert('alarms', { id: `alm_${id()}`, kind: 'x', detail: {}, raised_at: at })
}
