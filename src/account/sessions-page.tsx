// My sessions: where a person is signed in, and the way to end it there or everywhere.

import { useContext } from 'hono/jsx'
import type { SessionRecord } from '#access/sign-in/sessions/sessions.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { deviceName } from '#http/ui/devices.ts'
import { PostForm } from '#http/ui/form.tsx'
import { Time, Zone } from '#http/ui/time.tsx'
import { agoInWords } from '#words/times.ts'
import { timeInZone } from '#words/zones.ts'
import { signedInWith } from './words.ts'

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
  const device = deviceName(session.userAgent)
  const { id, createdAt, lastSeenAt, ip } = session
  return (
    <li class="list-group-item d-flex flex-wrap align-items-center justify-content-between gap-3">
      <div class="text-break">
        <p class="mb-1">
          <strong>{device}</strong>
          {isCurrent ? <span class="text-secondary"> · This device</span> : null}
        </p>
        <p class="mb-0 text-secondary">
          Signed in on <Time at={createdAt} /> {signedInWith(session)}
        </p>
        <p class="mb-0 text-secondary">
          Last seen <Time at={lastSeenAt} words={isCurrent ? 'just now' : agoInWords(lastSeenAt, now)} />
          {ip === null ? null : <> from {ip}</>}
        </p>
      </div>
      <PostForm action={isCurrent ? '/account/sign-out' : `/account/sessions/${id}/end`}>
        <button
          type="submit"
          class="btn btn-sm"
          aria-label={`Sign out: ${device}, since ${timeInZone(createdAt, zone)}`}
        >
          Sign out
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
}: SessionsPageProps) => (
  <AccountPage
    section="sessions"
    name={name}
    organization={organization}
    timeZone={timeZone}
    isManager={isManager}
    lead="Where you are signed in. If you do not recognise one of these, sign it out and tell your administrator."
  >
    {hasEnded ? <Alert kind="success" title="That device is signed out" /> : null}
    <div class="card">
      <ul class="list-group list-group-flush" aria-label="Your sessions">
        {sessions.map((session) => (
          <SessionItem session={session} isCurrent={session.id === currentId} now={now} />
        ))}
      </ul>
    </div>
    <h2>Everywhere at once</h2>
    <p>
      Ends all of your sessions, this one too, and signs you out of the applications that you use through this sign-in.
    </p>
    <PostForm action="/account/sessions/end-all">
      <SubmitButton label="Sign out everywhere" kind="danger" />
    </PostForm>
  </AccountPage>
)
