// My sessions: where a person is signed in, and the way to end it there or everywhere.

import { useContext } from 'hono/jsx'
import type { SessionRecord } from '#access/sign-in/sessions/sessions.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { deviceName } from '#http/ui/devices.ts'
import { PostForm } from '#http/ui/form.tsx'
import { Say, useReader, useWords } from '#http/ui/reader.tsx'
import { Time, Zone } from '#http/ui/time.tsx'
import { agoInWords } from '#words/times.ts'
import { timeInZone } from '#words/zones.ts'
import { wayOf } from './words.ts'

export type SessionsPageProps = {
  name: string
  organization: string
  timeZone: string | null
  isManager: boolean
  sessions: readonly SessionRecord[]
  currentId: string
  now: Date
  /** One of the sessions has just been ended. */
  hasEnded: boolean
}

type ItemProps = { session: SessionRecord; isCurrent: boolean; now: Date }

const SessionItem = ({ session, isCurrent, now }: ItemProps) => {
  const zone = useContext(Zone)
  const { language } = useReader()
  const words = useWords()
  const device = deviceName(session.userAgent, language)
  const { id, createdAt, lastSeenAt, ip, hasSecondFactor } = session
  const signedIn = { way: wayOf(session, language), factor: hasSecondFactor ? 'yes' : 'no' }
  const seen = isCurrent ? words('sessions.now') : agoInWords(lastSeenAt, now, language)
  const lastSeen = () => <Time at={lastSeenAt} words={seen} />
  return (
    <li class="list-group-item d-flex flex-wrap align-items-center justify-content-between gap-3">
      <div class="text-break">
        <p class="mb-1">
          <strong>{device}</strong>
          {isCurrent ? <span class="text-secondary"> · {words('sessions.current')}</span> : null}
        </p>
        <p class="mb-0 text-secondary">
          <Say of="sessions.signedIn" values={{ ...signedIn, time: () => <Time at={createdAt} /> }} />
        </p>
        <p class="mb-0 text-secondary">
          {ip === null ? (
            <Say of="sessions.lastSeen" values={{ time: lastSeen }} />
          ) : (
            <Say of="sessions.lastSeenFrom" values={{ time: lastSeen, ip }} />
          )}
        </p>
      </div>
      <PostForm action={isCurrent ? '/account/sign-out' : `/account/sessions/${id}/end`}>
        <button
          type="submit"
          class="btn btn-sm"
          aria-label={words('sessions.signOutOf', { device, time: timeInZone(createdAt, zone, language) })}
        >
          {words('signOut.submit')}
        </button>
      </PostForm>
    </li>
  )
}

export const SessionsPage = ({
  name,
  organization,
  timeZone,
  isManager,
  sessions,
  currentId,
  now,
  hasEnded,
}: SessionsPageProps) => {
  const words = useWords()
  return (
    <AccountPage section="sessions" {...{ name, organization, timeZone, isManager }} lead={words('sessions.lead')}>
      {hasEnded ? <Alert kind="success" title={words('sessions.ended')} /> : null}
      <div class="card">
        <ul class="list-group list-group-flush" aria-label={words('sessions.list')}>
          {sessions.map((session) => (
            <SessionItem session={session} isCurrent={session.id === currentId} now={now} />
          ))}
        </ul>
      </div>
      <h2>{words('sessions.everywhere')}</h2>
      <p>{words('sessions.everywhereText')}</p>
      <PostForm action="/account/sessions/end-all">
        <SubmitButton label={words('sessions.signOutAll')} kind="danger" />
      </PostForm>
    </AccountPage>
  )
}
