// What has happened, in words. Actions are `noun.verb`; a new one reads well enough by the rule, and may get words of its own.

const nouns: Record<string, string> = {
  platform_key: 'Platform key',
  absence_rule: 'What happens at the end of absences',
  access_digest: 'Mail about changes of access',
  access_review: 'Access review',
  api_key: 'API key',
  asset_type: 'Asset type',
  audit: 'Audit trail',
  emergency: 'Emergency access',
  inactivity_rule: 'Rule on inactivity',
  review_task: 'Task of a review',
  role_pack: 'Role pack',
  separation_rule: 'Rule of separation',
  setup_link: 'Setup link',
  sign_in: 'Sign-in',
  support: 'Support access',
  user: 'Person',
  user_change: 'Change of several people',
}

const verbs: Record<string, string> = {
  erase: 'erased',
  switch_off: 'turned off',
  switch_on: 'turned on',
  terms: 'serves other organizations',
  activate: 'let in',
  add: 'added',
  adopt: 'taken over by a directory',
  answer: 'answered',
  apply: 'took effect',
  begin_closing: 'begins to close',
  cancel: 'cancelled',
  change: 'changed',
  choose: 'set up for another provider',
  close: 'closed, and its evidence sealed',
  claim_groups: 'got groups from their sign-in',
  create: 'created',
  create_client: 'lets a client have access tokens',
  create_test_link: 'got a link for a test',
  deactivate: 'deactivated',
  declare_attribute: 'had an attribute registered',
  delete: 'deleted',
  done: 'done at the provider',
  drill: 'tried as a drill',
  end: 'ended',
  export: 'exported',
  export_data: 'had what is kept of them exported',
  export_own_data: 'exported what is kept of them',
  fill: 'filled by a group or a filter',
  first_administrator: 'got its first administrator',
  give_role: 'got a role',
  hand_over: 'had what they leave behind handed over',
  inactivity_except: 'left alone by the rule on inactivity',
  inactivity_unexcept: 'no longer left alone by the rule on inactivity',
  inactivity_warning: 'warned for not being here',
  install: 'installed',
  issue: 'issued',
  issue_token: 'got a token',
  last_administrator_lost: 'lost its last administrator',
  link_identity: 'linked to an identity provider',
  open: 'opened',
  pass_on: 'lines passed on',
  passkey_add: 'added a passkey',
  passkey_remove: 'removed a passkey',
  passkey_rename: 'renamed a passkey',
  password_change: 'changed the password',
  password_reset: 'set a new password by a link',
  password_reset_request: 'asked for a link to set a new password',
  password_set: 'got a password',
  plan: 'planned',
  provision: 'was created',
  put: 'registered',
  put_many: 'had assets registered',
  raise: 'raised',
  reactivate: 'reactivated',
  recovery_codes: 'made recovery codes',
  refresh: 'refreshed',
  refuse: 'refused',
  register: 'registered',
  remind: 'reminded of',
  remove: 'removed',
  resend: 'sent again',
  restore: 'to give back what it took',
  restore_deleted: 'restored after being deleted',
  resume: 'resumed',
  replace_reviewers: 'got other reviewers',
  report: 'report signed',
  reseal: 'sealed anew',
  restored: 'restored from a backup: all sessions, tokens and links ended',
  revoke: 'revoked',
  revoke_client: 'revoked a client’s access',
  revoke_token: 'lost a token',
  rotate_client: 'had the secret or keys of a client replaced',
  rotate_secret: 'got a new secret',
  run: 'applied',
  save: 'saved',
  schedule: 'scheduled',
  send: 'sent',
  set: 'set',
  settings: 'settings changed',
  settle: 'settled',
  sign_in_policy: 'sign-in policy changed',
  sponsor_left: 'ends since the sponsor has left',
  start: 'started',
  status: 'turned on or off',
  step_up: 'proved again',
  suspend: 'suspended',
  take_back: 'took back what was handed over',
  take_over: 'taken over',
  take_role: 'lost a role',
  test: 'tested',
  totp_enrol: 'set up an authenticator',
  totp_remove: 'removed an authenticator',
  unfill: 'no longer filled by a group or a filter',
  update: 'changed',
  update_role: 'holds a role for another time or reason',
  use: 'used',
  verify: 'verified',
  withdraw: 'withdrawn',
}

const spaced = (text: string): string => text.replaceAll('_', ' ')

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** `assignment.create`: Assignment created. */
export function actionWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.')
  return `${nouns[noun] ?? capital(spaced(noun))} ${verbs[verb] ?? spaced(verb)}`
}

/** The kinds of actions that can be searched for, as prefixes. */
export const actionKinds: readonly { value: string; label: string }[] = [
  { value: 'user.', label: 'People' },
  { value: 'invitation.', label: 'Invitations' },
  { value: 'absence.', label: 'Absences' },
  { value: 'assignment.', label: 'Assignments' },
  { value: 'group.', label: 'Groups' },
  { value: 'team.', label: 'Teams' },
  { value: 'asset.', label: 'Assets' },
  { value: 'mapping.', label: 'Mappings' },
  { value: 'role.', label: 'Roles' },
  { value: 'policy.', label: 'Policies' },
  { value: 'access_review.', label: 'Access reviews' },
  { value: 'brand.', label: 'Brands' },
  { value: 'session.', label: 'Sessions' },
  { value: 'sign_in.', label: 'Refused sign-ins' },
  { value: 'connection.', label: 'Connections' },
  { value: 'directory.', label: 'Directories' },
  { value: 'domain.', label: 'Domains' },
  { value: 'application.', label: 'Applications' },
  { value: 'api_key.', label: 'API keys' },
  { value: 'emergency.', label: 'Emergency access' },
  { value: 'support.', label: 'Support access' },
  { value: 'organization.', label: 'Settings' },
  { value: 'audit.', label: 'Exports of this trail' },
]

const actorTypes: Record<string, string> = {
  directory: 'a directory',
  api_key: 'an API key',
  application: 'an application',
  platform_key: 'the platform',
  operator: 'the operator',
  system: 'Rolecall itself',
  setup_link: 'a setup link',
  support: 'support',
  user: 'somebody',
}

/** Who did it, by name where one is known. */
export const actorWords = ({ type, id, name }: { type: string; id: string; name: string | null }): string => {
  if (name !== null) return type === 'support' ? `${name} (support)` : name
  return ['user', 'api_key', 'application', 'directory'].includes(type)
    ? `${actorTypes[type]} (${id})`
    : (actorTypes[type] ?? id)
}

const pages: Record<string, string> = {
  user: 'users',
  group: 'groups',
  team: 'teams',
  role: 'roles',
  brand: 'brands',
  invitation: 'invitations',
  connection: 'connections',
  directory: 'directories',
  user_change: 'users/bulk/changes',
  access_review: 'reviews',
}

/** The page of what was changed, where it has one. */
export const targetHref = (type: string, id: string): string | undefined =>
  pages[type] === undefined ? undefined : `/console/${pages[type]}/${id}`
