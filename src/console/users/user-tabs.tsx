// Sessions, sign-ins and history of one person.
import type { ListedUser } from '#access/people/list-users.ts'
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { SessionRecord } from '#access/sign-in/sessions/sessions.ts'
import type { AuditEvent } from '#audit/list-events.ts'
import { SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { deviceName } from '#http/ui/devices.ts'
import { Time } from '#http/ui/time.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { EventTable } from '../audit/event-table.tsx'
import { ButtonForm, Panel } from '../ui/parts.tsx'
import { nameOf } from './parts/user-frame.tsx'
import { AttemptOutcome } from './sign-in-help-page.tsx'

type SessionsProps = { ctx: CallContext; user: ListedUser; sessions: readonly SessionRecord[] }

export const SessionsTab = ({ ctx, user, sessions }: SessionsProps) => {
  const mayEnd = isPermitted(ctx, 'sessions.write')
  const href = `/console/users/${user.id}/sessions`
  if (sessions.length === 0)
    return (
      <EmptyState
        title="No open session"
        text={`${nameOf(user)} is not signed in anywhere. A session appears here with their next sign-in.`}
      />
    )
  return (
    <Panel
      title="Open sessions"
      lead="Ending one takes effect with its very next request, here and in every application."
      actions={mayEnd ? <ButtonForm action={`${href}/end`} label="End all" kind="btn-sm" /> : null}
    >
      <Table
        caption={`Sessions of ${nameOf(user)}`}
        columns={[
          'Device',
          'Signed in with',
          'Began',
          'Last seen',
          ...(mayEnd ? [{ label: 'End', isSilent: true }] : []),
        ]}
        rows={sessions.map((session) => [
          <>
            {deviceName(session.userAgent)}
            <div class="under">{session.ip ?? 'address unknown'}</div>
          </>,
          <>
            {session.connectionName ?? session.method}
            {session.hasSecondFactor ? <div class="under">with a second factor</div> : null}
          </>,
          <Time at={session.createdAt} />,
          <Time at={session.lastSeenAt} />,
          ...(mayEnd
            ? [
                <ButtonForm
                  action={`${href}/${session.id}/end`}
                  kind="btn-sm"
                  label={
                    <>
                      End<span class="visually-hidden"> the session on {deviceName(session.userAgent)}</span>
                    </>
                  }
                />,
              ]
            : []),
        ])}
      />
    </Panel>
  )
}

export const SignInsTab = ({ user, attempts }: { user: ListedUser; attempts: readonly SignInAttempt[] }) => (
  <Panel
    title="Attempts to sign in"
    lead="The latest, each with its trace: what was received, what became of it, which check refused it."
    actions={
      <SmallLink href={`/console/users/sign-in-help?name=${encodeURIComponent(user.userName)}`}>
        Why can they not sign in?
      </SmallLink>
    }
  >
    {attempts.length === 0 ? (
      <p class="text-secondary">No sign-in attempts have reached this server.</p>
    ) : (
      <Table
        caption={`Attempts of ${nameOf(user)}`}
        columns={['When', 'How', 'Outcome', 'Device', 'Reference']}
        rows={attempts.map(({ id, occurredAt, method, outcome, reason, userAgent, ip, reference }) => [
          <a href={`/console/sign-ins/${id}`}>
            <Time at={occurredAt} />
          </a>,
          method,
          <AttemptOutcome outcome={outcome} reason={reason} />,
          <>
            {deviceName(userAgent)}
            <div class="under">{ip ?? ''}</div>
          </>,
          <code>{reference}</code>,
        ])}
      />
    )}
  </Panel>
)

export const HistoryTab = ({ user, events }: { user: ListedUser; events: readonly AuditEvent[] }) => (
  <Panel
    title="History"
    lead="What was done to them, and what they did."
    actions={<SmallLink href={`/console/audit?q=${user.id}`}>All of it</SmallLink>}
  >
    <EventTable caption={`History of ${nameOf(user)}`} events={events} />
  </Panel>
)
