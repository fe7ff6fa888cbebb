// Attempts to sign in as rows.
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import { Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { Badge } from '../ui/parts.tsx'
import { methods, outcomeOf } from './attempt-words.ts'

/** The name or address that the message was about, where it told one. */
export function subjectOf({ trace }: Pick<SignInAttempt, 'trace'>): string | undefined {
  const { received, mapped } = trace
  const [profile, idToken] = [objectOf(mapped['profile']), objectOf(received['idToken'])]
  const candidates = [profile['email'], received['nameId'], idToken['email'], idToken['sub'], received['name']]
  return candidates.find((each): each is string => typeof each === 'string' && each !== '')
}

const objectOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}

export const AttemptTable = ({ attempts }: { attempts: readonly SignInAttempt[] }) => (
  <Table
    caption="Sign-ins, the newest first"
    columns={['When', 'Who', 'How', 'Outcome', 'Reference']}
    rows={attempts.map((attempt) => {
      const { id, occurredAt, userId, method, reason, reference, count } = attempt
      const { tone, word } = outcomeOf(attempt)
      const who = subjectOf(attempt)
      return [
        <a href={`/console/sign-ins/${id}`}>
          <Time at={occurredAt} />
        </a>,
        userId === null ? (who ?? '—') : <a href={`/console/users/${userId}`}>{who ?? 'The person'}</a>,
        methods[method],
        <>
          <Badge tone={tone}>{word}</Badge>
          {reason === null ? null : <div class="under">{reason.replaceAll('_', ' ')}</div>}
          {count === 1 ? null : <div class="under">{count.toLocaleString('en')} times within the hour</div>}
        </>,
        <code>{reference}</code>,
      ]
    })}
  />
)
