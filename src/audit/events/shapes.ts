// What each published event says: ids, words and numbers, and never a text that somebody wrote, so that there is nothing secret or
// personal in any. Whoever needs to know more asks with the ids.
import { z } from 'zod'
import type { auditActions } from '../actions.ts'

/** What an event is made of: a row of the audit trail, or of what the worker has worked out. */
export type EventRow = {
  id: string
  organizationId: string
  occurredAt: string
  actorType: string
  actorId: string
  action: string
  targetId: string
  detail: Record<string, unknown>
}

type Field<T = unknown> = { schema: z.ZodType<T>; of(row: EventRow): T }

type Shape = { says: string; fields: Record<string, Field> }

const idForm = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/
const wordForm = /^[A-Za-z0-9_.:-]{1,200}$/
const most = 100

const matching = (form: RegExp, value: unknown): string | null =>
  typeof value === 'string' && form.test(value) ? value : null

const listOf = (form: RegExp, value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((one) => matching(form, one) ?? []).slice(0, most) : []

const idSchema = z.string().meta({ description: 'An id, which stays as long as what it names' })

/** What it happened to. */
const target: Field<string> = { schema: idSchema, of: ({ targetId }) => targetId }

const id = (name: string): Field<string | null> => ({
  schema: idSchema.nullable(),
  of: ({ detail }) => matching(idForm, detail[name]),
})

const word = (name: string): Field<string | null> => ({
  schema: z.string().max(200).nullable(),
  of: ({ detail }) => matching(wordForm, detail[name]),
})

const ids = (name: string): Field<string[]> => ({
  schema: z.array(idSchema).max(most).meta({ description: 'The first hundred' }),
  of: ({ detail }) => listOf(idForm, detail[name]),
})

const count = (name: string): Field<number | null> => ({
  schema: z.number().int().nullable(),
  of: ({ detail }) => (typeof detail[name] === 'number' ? Math.trunc(detail[name]) : null),
})

const keysOf = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : [])

/** Names of what changed, as far as the trail tells. */
const fields: Field<string[]> = {
  schema: z.array(z.string().max(200)).max(most).meta({ description: 'Names of what changed, where that is known' }),
  of: ({ detail }) =>
    listOf(wordForm, Array.isArray(detail['fields']) ? detail['fields'] : keysOf(detail['after'] ?? detail['before'])),
}

const constant = (values: Record<string, string>): Field<string> => ({
  schema: z.enum([...new Set(Object.values(values))]),
  of: ({ action }) => values[action] ?? (Object.values(values)[0] as string),
})

const one = (name: string, says: string, more: Record<string, Field> = {}): Shape => ({
  says,
  fields: { [name]: target, ...more },
})

const user = (says: string, more: Record<string, Field> = {}): Shape => one('userId', says, more)
const held = { userId: id('userId'), roleId: id('roleId'), role: word('role'), brandId: id('brandId') }
const members = { count: count('count'), memberIds: ids('ids') }
const alarmKinds = { 'directory.brake': 'mass_change', 'organization.last_administrator_lost': 'last_administrator' }

type AuditedType = Exclude<(typeof auditActions)[keyof typeof auditActions], null>

export type EventType = AuditedType | 'access.changed' | 'webhook.test'

/** By type. A field that is added is no new version; one that goes, or means something else, is. */
export const shapes: Record<EventType, Shape> = {
  'access.changed': {
    says: 'What somebody may do may have changed: ask. Without a user everybody is meant, without a brand all of the organization',
    fields: { userId: id('userId'), brandId: id('brandId'), because: id('because') },
  },
  'user.created': user('Somebody exists', { directoryId: id('directoryId') }),
  'user.updated': user('Name, addresses or other attributes changed', { fields }),
  'user.activated': user('Somebody who waited was let in'),
  'user.deactivated': user('Somebody is switched off: sessions, keys and tokens have ended', {
    reason: word('reason'),
  }),
  'user.reactivated': user('Somebody is switched on again'),
  'user.held': user('Who holds somebody switched off has changed', { by: word('by') }),
  'user.deleted': user('Somebody was deleted, and can be restored for now'),
  'user.restored': user('Somebody who had left is back'),
  'user.erased': user('What was kept of somebody is erased permanently'),
  'user.adopted': user('A directory speaks for somebody from now on', { directoryId: id('directoryId') }),
  'user.groups_claimed': user('A sign-in changed the groups that somebody is in'),
  'identity.linked': user('Somebody can sign in by another connection', { connectionId: id('connectionId') }),
  'identity.unlinked': user('Somebody can no longer sign in by this connection', {
    connectionId: id('connectionId'),
  }),
  'credential.changed': user('A password or second factor was set or removed', {
    kind: constant({
      'user.password_set': 'password',
      'user.password_change': 'password',
      'user.password_reset': 'password',
      'user.totp_enrol': 'totp',
      'user.totp_remove': 'totp',
      'user.passkey_add': 'passkey',
      'user.passkey_remove': 'passkey',
      'user.recovery_codes': 'recovery_codes',
    }),
  }),
  'session.started': one('sessionId', 'Somebody signed in', {
    userId: id('userId'),
    method: word('method'),
    connectionId: id('connectionId'),
  }),
  'session.ended': {
    says: 'Sessions ended, at most a hundred in one event. Those of somebody who is switched off are not told by themselves',
    fields: { sessionIds: ids('sessions'), userIds: ids('userIds'), count: count('count'), reason: word('reason') },
  },
  'group.created': one('groupId', 'A group exists', { directoryId: id('directoryId') }),
  'group.updated': one('groupId', 'A group changed', { fields }),
  'group.deleted': one('groupId', 'A group is gone', { directoryId: id('directoryId') }),
  'group.members_added': one('groupId', 'People or groups are in a group', members),
  'group.members_removed': one('groupId', 'People or groups are no longer in a group', members),
  'role.created': one('roleId', 'A role exists', { role: word('key') }),
  'role.updated': one('roleId', 'A role changed', { fields }),
  'role.deleted': one('roleId', 'A role is gone', { role: word('key') }),
  'role.pack_installed': one('organizationId', 'A pack of roles was added', { pack: word('pack') }),
  'mapping.created': one('mappingId', 'A group or filter gives a role', {
    ...{ groupId: id('groupId'), roleId: id('roleId'), role: word('role'), brandId: id('brandId') },
  }),
  'mapping.deleted': one('mappingId', 'A group or filter no longer gives a role', {
    ...{ groupId: id('groupId'), roleId: id('roleId'), brandId: id('brandId') },
  }),
  'assignment.created': one('assignmentId', 'Somebody was given a role', held),
  'assignment.updated': one('assignmentId', 'How long or why somebody holds a role changed', held),
  'assignment.deleted': one('assignmentId', 'A role was taken from somebody', held),
  'brand.created': one('brandId', 'A brand exists', { slug: word('slug') }),
  'brand.updated': one('brandId', 'A brand changed', { slug: word('slug') }),
  'brand.deleted': one('brandId', 'A brand is gone', { slug: word('slug') }),
  'policy.created': one('policyId', 'A policy holds', { permission: word('permission'), brandId: id('brandId') }),
  'policy.deleted': one('policyId', 'A policy no longer holds', {
    permission: word('permission'),
    brandId: id('brandId'),
  }),
  'separation_rule.created': one('separationRuleId', 'A rule of separation of duties holds', { mode: word('mode') }),
  'separation_rule.updated': one('separationRuleId', 'A rule of separation of duties changed'),
  'separation_rule.deleted': one('separationRuleId', 'A rule of separation of duties no longer holds'),
  'team.created': one('teamId', 'A team exists', { brandId: id('brandId') }),
  'team.updated': one('teamId', 'A team changed: its name, leader, roles, or what fills it'),
  'team.deleted': one('teamId', 'A team is gone', { brandId: id('brandId') }),
  'team.members_added': one('teamId', 'People are in a team', members),
  'team.members_removed': one('teamId', 'People are no longer in a team', members),
  'connection.created': one('connectionId', 'A connection exists', { type: word('type') }),
  'connection.updated': one('connectionId', 'A connection changed'),
  'connection.status_changed': one('connectionId', 'People can or cannot sign in by a connection', {
    status: word('status'),
    before: word('before'),
  }),
  'domain.added': one('domainId', 'An e-mail domain was added'),
  'domain.verified': one('domainId', 'Whether a domain is proven was looked at'),
  'domain.updated': one('domainId', 'What an e-mail domain is for changed'),
  'domain.removed': one('domainId', 'An e-mail domain was removed'),
  'directory.created': one('directoryId', 'A directory exists'),
  'directory.updated': one('directoryId', 'A directory changed'),
  'directory.deleted': one('directoryId', 'A directory is gone'),
  'directory.moved': one('directoryId', 'People of a directory are another one’s'),
  'directory.secret_issued': one('directoryId', 'A token or client lets a provider in'),
  'directory.secret_revoked': one('directoryId', 'A token or client no longer lets a provider in'),
  'application.created': one('applicationId', 'An application exists'),
  'application.updated': one('applicationId', 'An application changed', { fields }),
  'application.deleted': one('applicationId', 'An application is gone'),
  'application.secret_rotated': one('applicationId', 'An application has another secret'),
  'api_key.issued': one('apiKeyId', 'An API key was issued'),
  'api_key.revoked': one('apiKeyId', 'An API key no longer works'),
  'platform_key.issued': one('platformKeyId', 'A platform key was issued'),
  'platform_key.revoked': one('platformKeyId', 'A platform key no longer works'),
  'operator.added': one('userId', 'Somebody runs the installation'),
  'operator.removed': one('userId', 'Somebody is no longer an operator'),
  'organization.created': one('organizationId', 'An organization exists', { slug: word('slug') }),
  'organization.updated': one('organizationId', 'Settings of an organization changed', { fields }),
  'organization.suspended': one('organizationId', 'An organization is suspended: nobody gets in'),
  'organization.resumed': one('organizationId', 'An organization works again'),
  'organization.deletion_scheduled': one('organizationId', 'An organization is to be erased'),
  'organization.erased': one('organizationId', 'An organization is erased permanently'),
  'organization.restored': one('organizationId', 'The database was restored from a backup: all sessions have ended'),
  'invitation.created': one('invitationId', 'Somebody was invited', { userId: id('userId') }),
  'invitation.resent': one('invitationId', 'An invitation was sent again'),
  'invitation.cancelled': one('invitationId', 'An invitation no longer works'),
  'alarm.raised': {
    says: 'There is something that administrators have to see to',
    fields: {
      alarmId: {
        schema: idSchema.nullable(),
        of: ({ action, targetId, detail }) => (action === 'alarm.raise' ? targetId : matching(idForm, detail['alarm'])),
      },
      kind: {
        schema: z.string().max(200).nullable(),
        of: ({ action, detail }) =>
          Object.hasOwn(alarmKinds, action)
            ? alarmKinds[action as keyof typeof alarmKinds]
            : matching(wordForm, detail['kind']),
      },
    },
  },
  'alarm.settled': one('alarmId', 'An alarm was seen to'),
  'emergency.used': user('Somebody came in by an emergency account'),
  'webhook.created': one('webhookId', 'A webhook exists'),
  'webhook.updated': one('webhookId', 'A webhook changed', { fields }),
  'webhook.deleted': one('webhookId', 'A webhook is gone'),
  'webhook.secret_rotated': one('webhookId', 'A webhook has another secret'),
  'webhook.paused': one('webhookId', 'A webhook is told nothing for now', { reason: word('reason') }),
  'webhook.resumed': one('webhookId', 'A webhook is told what happens again'),
  'webhook.test': one('webhookId', 'Nothing happened: somebody tries a webhook'),
}
