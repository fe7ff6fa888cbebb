// The subjects by which schemas/database.sql is ordered. Each table, view and function belongs to one of them; inside of one they
// come in the order of these lists.

export type Subject = {
  title: string
  /** What to know before reading on. */
  says: string
  /** Tables and views; a sequence stands with the table that owns it, as do indexes, policies, triggers and grants. */
  relations: string[]
  functions: string[]
}

const organizations: Subject = {
  title: 'Organizations',
  says: 'The unit of isolation. A transaction enters one organization by an entry function, which sets rolecall.organization_id; the policy own_organization of every table holds the server to it.',
  relations: ['organizations', 'brands', 'branding', 'logos'],
  functions: [
    'resolve_organization',
    'resolve_named_organization',
    'has_organizations',
    'shown_look',
    'logo_by_hash',
    'open_or_close_organization',
    'close_organization',
  ],
}

const directory: Subject = {
  title: 'Directory: people and groups',
  says: 'Who exists, whoever wrote them: a directory, a sign-in, an administrator.',
  relations: [
    'users',
    'people_counts',
    'user_emails',
    'former_names',
    'email_proofs',
    'groups',
    'group_members',
    'group_nestings',
  ],
  functions: [
    'fold',
    'bare',
    'address_keys',
    'ascii_label',
    'address_key',
    'sign_in_key',
    'forget_yielding',
    'give_address_back',
    'remember_names',
    'forget_address',
    'people_count',
    'fold_people_counts',
    'count_new_people',
    'count_changed_person',
    'count_gone_people',
    'find_users',
    'users_with',
    'user_document',
    'groups_below',
    'groups_above',
    'groups_over',
    'members_below',
    'refuse_missing',
    'note_activity',
  ],
}

const feeds: Subject = {
  title: 'Directories of identity providers (SCIM)',
  says: 'What pushes people and groups here, with which tokens, and what it asked for.',
  relations: [
    'directories',
    'adoption_requests',
    'address_proposals',
    'directory_clients',
    'directory_tokens',
    'directory_activity',
    'provisioning_events',
    'extension_attributes',
    'directory_losses',
    'mass_changes',
  ],
  functions: [
    'note_losses',
    'adoption_verdict',
    'arrival_of',
    'is_findable',
    'resolve_directory_token',
    'resolve_directory_client',
    'resolve_directory_issuers',
    'enter_directory',
    'open_new_token',
    'open_or_close_tokens',
    'note_extension_attributes',
    'extension_shape',
    'extension_values',
    'has_own_extension',
    'extension_term',
    'extension_terms',
    'users_by_extension',
  ],
}

const past: Subject = {
  title: 'The past',
  says: 'Each change of a row that says who may do what leaves the former version in the schema history (triggers keep_version and keep_deleted), made by history.keep from the table itself. The schema past has views of the same names, as they stood at rolecall.at.',
  relations: [],
  functions: ['history_begins', 'forget_past_of'],
}

const access: Subject = {
  title: 'Access: roles, mappings, assignments',
  says: 'Who may do what. Nothing of it is copied to people: the view effective_assignments says who holds which role, and through what.',
  relations: [
    'roles',
    'role_permissions',
    'application_permissions',
    'mappings',
    'assignments',
    'policies',
    'separation_rules',
    'change_drafts',
    'effective_assignments',
  ],
  functions: ['permission_covers', 'forget_reminders'],
}

const reviews: Subject = {
  title: 'Access reviews',
  says: 'Campaigns freeze what people hold into lines, which reviewers answer. What a mapping gives and a review took is a task for whoever has the provider; until it is done, effective_assignments leaves it out.',
  relations: [
    'access_reviews',
    'access_review_lines',
    'access_review_reviewers',
    'review_tasks',
    'review_lines_without_reviewer',
  ],
  functions: ['is_mapped', 'review_stage', 'organizations_with_reviews', 'organizations_with_checklists'],
}

const teams: Subject = {
  title: 'Teams and assets',
  says: 'People who hold something together, and things of host applications that are for some teams alone, or somebody’s. Where rolecall.user_id is set beside the organization, a transaction sees the assets that this person could see by any permission (policy visible_to_person), and no more. Who is in a team is computed by two views, from the teams down and from the people up; what its roles give by two more.',
  relations: [
    'teams',
    'team_members',
    'team_sources',
    'team_exclusions',
    'team_roles',
    'people_of_teams',
    'teams_of_people',
    'holders_by_team',
    'holdings_by_team',
    'asset_types',
    'assets',
    'asset_teams',
    'asset_people',
  ],
  functions: ['person_scopes', 'person_teams'],
}

const handOvers: Subject = {
  title: 'Leaving: what people leave behind, the deleted, and their names',
  says: 'What hangs on a person beside their own access, as host applications say and as is known here, and where it went.',
  relations: ['ownerships', 'work_of_people', 'hand_overs', 'deleted_people', 'reservation_keys', 'reserved_names'],
  functions: ['reserved_hash', 'reserve_names', 'refuse_reserved'],
}

const keys: Subject = {
  title: 'API keys',
  says: 'The hash of a key tells whose it is; the entry of the transaction decides whether it still works.',
  relations: ['api_keys'],
  functions: ['resolve_api_key', 'resolve_api_key_scope', 'enter_api_key', 'open_new_key'],
}

const lastAdministrator: Subject = {
  title: 'The last administrator',
  says: [
    'The rule: no change that an administrator makes may leave an organization without a working administrator, that is, somebody active who administers it in effect and does not need an emergency account.',
    'A change that may matter (the triggers keep_administrator… of users, group_members, group_nestings, roles, role_permissions, mappings, assignments, team_roles, team_members, team_sources, teams, review_tasks, policies, organizations) leaves a row in administrator_checks. When the transaction ends, require_administrator looks at where it has arrived: somebody is left, or it is refused (RC409). A directory or a sign-in may do it (rolecall.last_administrator = honour): the organization is left to its emergency accounts, with an alarm. Before there is any administrator, restricting somebody is no loss; and what was lost without an end has to be left to somebody without an end.',
  ].join('\n'),
  relations: ['administrator_checks'],
  functions: [
    'require_administrator',
    'administrators_of',
    'administers',
    'holders_of_everything',
    'is_administrator_role',
    'is_working',
    'touches_administrators',
    'matters_to_administrators',
    'group_matters',
    'teams_matter',
    'check_team',
    'has_restrictions',
    'check_administrators',
    'check_restriction',
    'keep_administrator_of_user',
    'keep_administrator_of_attributes',
    'keep_administrator_of_members',
    'keep_administrator_of_nesting',
    'keep_administrator_of_role',
    'keep_administrator_of_denies',
    'keep_administrator_of_rank',
    'keep_administrator_of_mapping',
    'keep_administrator_of_assignment',
    'keep_administrator_of_task',
    'keep_administrator_of_team_role',
    'keep_administrator_of_team_members',
    'keep_administrator_of_exclusions',
    'keep_administrator_of_team_source',
    'keep_administrator_of_team',
    'keep_administrator_of_policy',
    'keep_administrator_of_strategy',
    'effective_administrators',
    'count_administrators',
  ],
}

const freshProof: Subject = {
  title: 'Managing permissions, and the fresh proof that they want',
  says: 'A session whose proof of who somebody is has grown old enters with rolecall.proof = stale. The triggers prove_… then refuse (RC428) what decides who manages something or who may come in.',
  relations: [],
  functions: [
    'manages_something',
    'is_managing_role',
    'manages_anything',
    'refuse_stale_proof',
    'prove_role_given',
    'prove_permission',
    'prove_rank',
    'prove_membership',
    'teams_manage',
    'prove_separation',
    'prove_team',
    'prove_person',
    'prove_attributes',
  ],
}

const connections: Subject = {
  title: 'Connections to identity providers, domains, setup links',
  says: 'What a customer has wired up to sign in with, and who is whom there.',
  relations: [
    'connections',
    'domains',
    'domain_connections',
    'identities',
    'link_requests',
    'connection_groups',
    'setup_links',
  ],
  functions: ['resolve_connection', 'resolve_domain', 'resolve_setup_link', 'enter_setup_link'],
}

const signIn: Subject = {
  title: 'Sign-in',
  says: 'Sign-ins under way and what came of them.',
  relations: ['sign_in_requests', 'used_messages', 'sign_in_attempts', 'identity_undos', 'throttles'],
  functions: ['resolve_sign_in_request', 'resolve_identity_undo', 'throttle', 'forgive_throttle', 'clear_throttle'],
}

const sessions: Subject = {
  title: 'Sessions',
  says: 'A session is dead as soon as live_sessions lacks it: by ended_at, by either of its times, by the epoch or status of its person, or by the status of the organization. Whatever sets ended_at fires close_session in the same transaction, which ends what was issued under it; the worker sets it for those that have run out. Why it ended is in end_reason.',
  relations: ['sessions', 'live_sessions'],
  functions: ['resolve_session', 'enter_session', 'close_session'],
}

const accounts: Subject = {
  title: 'Local accounts, invitations, mail',
  says: 'How people prove who they are without an identity provider, and how they are invited.',
  relations: [
    'passwords',
    'totp_factors',
    'passkeys',
    'recovery_codes',
    'password_resets',
    'address_changes',
    'invitations',
    'mails',
    'mail_servers',
  ],
  functions: [
    'resolve_password_accounts',
    'resolve_person_without_password',
    'resolve_passkey',
    'resolve_password_reset',
    'resolve_invitation',
  ],
}

const emergency: Subject = {
  title: 'Emergency accounts',
  says: 'An emergency account has what was sealed in its envelope and no other way in; whatever would give it one is refused (RC423).',
  relations: ['emergency_accounts', 'emergency_uses', 'emergency_accounts_to_prove'],
  functions: ['close_other_doors', 'refuse_emergency_account', 'keep_emergency_account'],
}

const applications: Subject = {
  title: 'Host applications (OpenID provider)',
  says: 'Applications that trust Rolecall, what was issued to them, and who has to be told that a session has ended.',
  relations: ['applications', 'application_sessions', 'application_logouts', 'provider_artifacts'],
  functions: [
    'resolve_application',
    'resolve_application_token',
    'enter_application',
    'is_browser_origin',
    'put_provider_artifact',
    'find_provider_artifact',
    'consume_provider_artifact',
    'drop_provider_artifact',
    'drop_provider_grant',
    'drop_provider_artifacts_of_application',
    'drop_provider_artifacts_of',
  ],
}

const audit: Subject = {
  title: 'Audit, its seal, alarms',
  says: 'The server adds audit rows and changes none. Sealing: a trigger numbers them as they are inserted, and the worker puts those that are committed into segments, each of whose hashes covers the one before.',
  relations: [
    'audit_events',
    'audit_segments',
    'derived_events',
    'event_progress',
    'webhooks',
    'webhook_attempts',
    'webhook_replays',
    'alarms',
  ],
  functions: [
    ...['place_audit_event', 'audit_horizon', 'events_of_brands', 'events_naming', 'organizations_to_seal'],
    ...[
      'event_tail',
      'is_settled_below',
      'platform_events',
      'first_event_position',
      'is_event_forgotten',
      'work_out_access',
      'brands_given_since',
      'brands_of_team_since',
      'groups_above_since',
      'holders_since',
      'members_since',
      'team_people_since',
      'events_to_work_out',
      'webhooks_to_deliver',
    ],
  ],
}

const lifecycles: Subject = {
  title: 'Lifecycles',
  says: 'What time does in people’s lives, by the rules of an organization: each act has a preview, an off switch, a trace and an undo.',
  relations: [
    'inactivity_rules',
    'inactivity_exceptions',
    'inactivity_notices',
    'inactivity_runs',
    'access_digests',
    'access_digest_people',
    'absence_rules',
    'absences',
  ],
  functions: ['organizations_with_lifecycles', 'people_with_changed_access'],
}

const work: Subject = {
  title: 'Background work',
  says: 'What the worker looks for, and changes of many people that it goes on with.',
  relations: [
    'user_changes',
    'checklist_templates',
    'checklists',
    'checklist_tasks',
    'checklists_to_begin',
    'report_schedules',
    'report_runs',
    'address_places',
    'user_change_people',
    'work_leases',
    'assignments_to_remind',
    'assignments_without_sponsor',
    'people_past_their_end',
    'certificates_ending',
  ],
  functions: [
    'organizations_with_work',
    'installation_figures',
    'installation_health',
    'seals_by_key',
    'organizations_with_upkeep',
    'due_work',
    'take_work',
    'keep_work',
    'finish_work',
    'put_off_work',
    'analyze_grown',
    'sweep_expired',
  ],
}

const platform: Subject = {
  title: 'The platform',
  says: 'What stands above the organizations: keys of the product that runs Rolecall, what it knows of each organization, and whom its applications serve. A transaction of the platform sets rolecall.instance, and rolecall.organization_id to the name platform, under which its applications and its audit trail lie; an organization sees none of it.',
  relations: [
    'platform_keys',
    'platform_organizations',
    'platform_application_terms',
    'application_choices',
    'platform_operators',
    'platform_account_links',
    'seat_limits',
    'support_consents',
    'support_accesses',
    'idempotent_answers',
  ],
  functions: [
    'resolve_platform_key',
    'enter_platform',
    'enter_by_platform_key',
    'touch_platform_key',
    'organization_of_slug',
    'organizations_of_users',
    'operator_of',
    'forget_operator',
    'enter_operator',
    'organization_health',
    'platform_queue',
    'link_accounts',
    'linked_accounts',
    'unlink_accounts',
    'end_account_links',
    'erase_due_organization',
    'are_seats_taken',
    'seat_limit_of',
    'live_supports',
    'current_supports',
    'entered_support',
    'enter_support',
    'refuse_support_write',
    'served_organization',
    'owner_of_artifact',
    'platform_applications',
    'logout_target',
    'drop_unserved_artifacts',
  ],
}

const installation: Subject = {
  title: 'The installation',
  says: 'What belongs to no organization: keys, and where the database lives, so that a restored backup lets nobody in.',
  relations: ['instance_keys', 'instance_places'],
  functions: ['current_place', 'current_timeline', 'is_settled', 'settle_in', 'end_all_access', 'new_id'],
}

export const subjects: readonly Subject[] = [
  organizations,
  directory,
  feeds,
  access,
  teams,
  handOvers,
  past,
  reviews,
  keys,
  lastAdministrator,
  freshProof,
  connections,
  signIn,
  sessions,
  accounts,
  emergency,
  applications,
  audit,
  lifecycles,
  work,
  platform,
  installation,
]
